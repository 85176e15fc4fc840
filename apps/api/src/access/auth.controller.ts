import { All, Controller, Inject, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { NotHere } from '../http/problem';
import { OpenToEverybody } from './access.guard';
import { passOn } from './pass-on';
import { SIGN_IN, type SignIn } from './sign-in';
import { SignInLimits } from './sign-in-limits';

/**
 * What of better-auth is open. It knows many more ways, and each would be ours to answer for: links and accounts that strangers ask
 * for would be mails to anybody, as often as wished.
 */
const openPaths = new Set(
  [
    'sign-in/email',
    'sign-out',
    'get-session',
    'magic-link/verify',
    'change-password',
    'list-sessions',
    'revoke-session',
    'revoke-sessions',
    'revoke-other-sessions',
  ].map((path) => `/api/auth/${path}`),
);

/** The door: these of `/api/auth/*` are better-auth's, behind our limits. */
@ApiExcludeController()
@OpenToEverybody()
@UseGuards(SignInLimits)
@Controller('api/auth')
export class AuthController {
  constructor(@Inject(SIGN_IN) private readonly signIn: SignIn) {}

  @All('*path')
  handle(@Req() request: Request, @Res() response: Response): Promise<void> {
    if (!openPaths.has(request.path)) throw new NotHere('door of this name');
    return passOn(this.signIn, request, response);
  }
}

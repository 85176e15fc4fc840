import { All, Controller, Inject, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { OpenToEverybody } from './access.guard';
import { passOn } from './pass-on';
import { SIGN_IN, type SignIn } from './sign-in';
import { SignInLimits } from './sign-in-limits';

/** The door: `/api/auth/*` is better-auth's, behind our limits. */
@ApiExcludeController()
@OpenToEverybody()
@UseGuards(SignInLimits)
@Controller('api/auth')
export class AuthController {
  constructor(@Inject(SIGN_IN) private readonly signIn: SignIn) {}

  @All('*path')
  handle(@Req() request: Request, @Res() response: Response): Promise<void> {
    return passOn(this.signIn, request, response);
  }
}

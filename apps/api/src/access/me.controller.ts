import { Body, Controller, Get, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { isAPIError } from 'better-auth/api';
import { fromNodeHeaders } from 'better-auth/node';
import type { Request } from 'express';
import { Conflict, NotAllowed } from '../http/problem';
import type { Actor } from './actor';
import { Asking } from './asking';
import { FirstPassword, Me } from './me.dto';
import { SIGN_IN, type SignIn } from './sign-in';

@ApiTags('me')
@Controller('api/v1/me')
export class MeController {
  constructor(@Inject(SIGN_IN) private readonly signIn: SignIn) {}

  @Get()
  @ApiOperation({ operationId: 'showMe', summary: 'Who you are here' })
  @ApiOkResponse({ type: Me })
  me(@Asking() actor: Actor): Me {
    if (actor.kind === 'operator') {
      return { user: { id: 'operator', email: '', name: 'Operator' }, isOperator: true, tenants: [] };
    }
    return {
      user: { id: actor.id, email: actor.email, name: actor.name },
      isOperator: false,
      tenants: actor.memberships.map(({ tenantId, tenant, role }) => ({ id: tenantId, name: tenant, role })),
    };
  }

  @Post('password')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'setFirstPassword',
    summary: 'Choose a password, after the first sign-in by a link',
    description:
      'Whoever has one already changes it at /api/auth/change-password, which asks for the old one.',
  })
  @ApiNoContentResponse()
  async setPassword(
    @Asking() actor: Actor,
    @Body() { password }: FirstPassword,
    @Req() request: Request,
  ): Promise<void> {
    if (actor.kind !== 'person') throw new NotAllowed('A key has no password.');
    try {
      await this.signIn.api.setPassword({
        body: { newPassword: password },
        headers: fromNodeHeaders(request.headers),
      });
    } catch (error) {
      if (isAPIError(error) && error.body?.code === 'PASSWORD_ALREADY_SET') {
        throw new Conflict(
          'password-set',
          'Password set',
          'You have a password already; change it with the old one.',
        );
      }
      throw error;
    }
  }
}

import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { Actor } from '../access/actor';
import { OpenToEverybody } from '../access/access.guard';
import { Asking } from '../access/asking';
import { People } from '../access/people';
import { passOn } from '../access/pass-on';
import { SIGN_IN, type SignIn } from '../access/sign-in';
import { NotAllowed, NotHere } from '../http/problem';
import { Demo, DemoPrimary, PrimarySwitch } from './demo.dto';
import { DemoService } from './demo.service';

@ApiTags('demo')
@Controller('api/v1/demo')
export class DemoController {
  constructor(
    private readonly demo: DemoService,
    private readonly people: People,
    @Inject(SIGN_IN) private readonly auth: SignIn,
  ) {}

  @Get()
  @OpenToEverybody()
  @ApiOperation({
    operationId: 'showDemo',
    summary: 'Whether a demo runs, and as whom one may sign in; 404 when none does',
  })
  @ApiOkResponse({ type: Demo })
  async show(@Req() request: Request): Promise<Demo> {
    this.demo.mustRun();
    return isOnThisMachine(request) ? this.demo.visitors() : { signIn: [] };
  }

  @Get('primary')
  @ApiOperation({ operationId: 'showDemoPrimary', summary: "The demo's primary (operators)" })
  @ApiOkResponse({ type: DemoPrimary })
  primary(@Asking() actor: Actor): Promise<DemoPrimary> {
    return this.demo.primary(actor);
  }

  @Post('primary')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'switchDemoPrimary',
    summary: "Switch the demo's primary on or off (operators)",
  })
  @ApiOkResponse({ type: DemoPrimary })
  switchPrimary(@Asking() actor: Actor, @Body() { up }: PrimarySwitch): Promise<DemoPrimary> {
    return this.demo.switchPrimary(actor, up);
  }

  /** One click, and the visitor is a demo tenant's owner. Only in a demo, only for who sits at this machine, only for people of it. */
  @Get('sign-in')
  @OpenToEverybody()
  @ApiExcludeEndpoint()
  async signIn(
    @Query('user') user: unknown,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    this.demo.mustRun();
    if (!isOnThisMachine(request)) throw new NotAllowed('The demo lets in only who sits at this machine.');
    const { signIn } = await this.demo.visitors();
    const visitor = signIn.find(({ email }) => email === user);
    if (!visitor) throw new NotHere('person of this address in the demo');
    const token = await this.people.linkToken(visitor.email, 60);
    await passOn(this.auth, request, response, `/api/auth/magic-link/verify?token=${token}&callbackURL=%2F`);
  }
}

/** The connection itself must come from here; what came through a proxy on this machine may come from anywhere. */
function isOnThisMachine(request: Request): boolean {
  const address = request.socket.remoteAddress ?? '';
  const isLoopback = address === '::1' || /^(::ffff:)?127\./.test(address);
  return (
    isLoopback && !['x-forwarded-for', 'forwarded', 'via'].some((name) => request.headers[name] !== undefined)
  );
}

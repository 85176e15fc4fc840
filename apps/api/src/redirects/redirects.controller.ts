import { Body, Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { Asking } from '../access/asking';
import { NewRedirect, Redirect, RedirectList } from './redirects.dto';
import { RedirectsService } from './redirects.service';

@ApiTags('redirects')
@Controller('api/v1')
export class RedirectsController {
  constructor(private readonly redirects: RedirectsService) {}

  @Get('redirects')
  @ApiOperation({ operationId: 'listRedirects', summary: 'Domains whose mail goes elsewhere for a while' })
  @ApiOkResponse({ type: RedirectList })
  list(@Asking() actor: Actor): Promise<RedirectList> {
    return this.redirects.list(actor);
  }

  @Put('domains/:idOrName/redirect')
  @ApiOperation({
    operationId: 'redirectDomain',
    summary: 'Deliver a domain’s mail elsewhere, until it is taken back or the outage ends',
  })
  @ApiOkResponse({ type: Redirect })
  set(
    @Asking() actor: Actor,
    @Param('idOrName') idOrName: string,
    @Body() redirect: NewRedirect,
  ): Promise<Redirect> {
    return this.redirects.set(actor, idOrName, redirect);
  }

  @Delete('domains/:idOrName/redirect')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'takeRedirectBack',
    summary: 'Deliver a domain’s mail to its primaries again',
  })
  @ApiNoContentResponse()
  takeBack(@Asking() actor: Actor, @Param('idOrName') idOrName: string): Promise<void> {
    return this.redirects.takeBack(actor, idOrName);
  }
}

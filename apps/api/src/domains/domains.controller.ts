import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { Asking } from '../access/asking';
import { PageQuery } from '../http/page';
import { Domain, DomainChanges, DomainPage, NewDomain, RemoveQuery } from './domains.dto';
import { DomainsService } from './domains.service';

@ApiTags('domains')
@Controller('api/v1/domains')
export class DomainsController {
  constructor(private readonly domains: DomainsService) {}

  @Get()
  @ApiOperation({ operationId: 'listDomains', summary: 'The domains that are backed up, by name' })
  @ApiOkResponse({ type: DomainPage })
  list(@Asking() actor: Actor, @Query() query: PageQuery): Promise<DomainPage> {
    return this.domains.list(actor, query);
  }

  @Post()
  @ApiOperation({ operationId: 'addDomain', summary: 'Back up a domain' })
  @ApiCreatedResponse({ type: Domain })
  add(@Asking() actor: Actor, @Body() domain: NewDomain): Promise<Domain> {
    return this.domains.add(actor, domain);
  }

  @Get(':idOrName')
  @ApiOperation({ operationId: 'showDomain', summary: 'One domain' })
  @ApiOkResponse({ type: Domain })
  show(@Asking() actor: Actor, @Param('idOrName') idOrName: string): Promise<Domain> {
    return this.domains.show(actor, idOrName);
  }

  @Patch(':idOrName')
  @ApiOperation({ operationId: 'changeDomain', summary: 'Whom a domain takes mail for, when, and how much' })
  @ApiOkResponse({ type: Domain })
  change(
    @Asking() actor: Actor,
    @Param('idOrName') idOrName: string,
    @Body() changes: DomainChanges,
  ): Promise<Domain> {
    return this.domains.change(actor, idOrName, changes);
  }

  @Delete(':idOrName')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'removeDomain',
    summary: 'Stop backing up a domain',
    description:
      'While mail is held for it, 409 unless `?held=discard` says that this mail is to be discarded.',
  })
  @ApiNoContentResponse()
  remove(
    @Asking() actor: Actor,
    @Param('idOrName') idOrName: string,
    @Query() query: RemoveQuery,
  ): Promise<void> {
    return this.domains.remove(actor, idOrName, query.held);
  }
}

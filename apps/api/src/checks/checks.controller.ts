import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { Asking } from '../access/asking';
import { ChecksQuery, DnsCheck, DnsChecks } from './checks.dto';
import { ChecksService } from './checks.service';

@ApiTags('domains')
@Controller('api/v1/domains/:idOrName/checks')
export class ChecksController {
  constructor(private readonly checks: ChecksService) {}

  @Post()
  @ApiOperation({
    operationId: 'checkDomain',
    summary: 'Check whether failover to us will work; answers within ten seconds',
  })
  @ApiCreatedResponse({ type: DnsCheck })
  make(@Asking() actor: Actor, @Param('idOrName') idOrName: string): Promise<DnsCheck> {
    return this.checks.make(actor, idOrName);
  }

  @Get()
  @ApiOperation({ operationId: 'listChecks', summary: 'What the last checks found' })
  @ApiOkResponse({ type: DnsChecks })
  list(
    @Asking() actor: Actor,
    @Param('idOrName') idOrName: string,
    @Query() { limit }: ChecksQuery,
  ): Promise<DnsChecks> {
    return this.checks.list(actor, idOrName, limit);
  }
}

import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { Asking } from '../access/asking';
import { ChangedRules, RuleChanges, RulePage, RuleQuery } from './filter-rules.dto';
import { FilterRulesService } from './filter-rules.service';

@ApiTags('filters')
@Controller('api/v1/tenants/:idOrName/filter/rules')
export class FilterRulesController {
  constructor(private readonly rules: FilterRulesService) {}

  @Get()
  @ApiOperation({ operationId: 'listFilterRules', summary: 'Whom a tenant allows or blocks, by pattern' })
  @ApiOkResponse({ type: RulePage })
  list(
    @Asking() actor: Actor,
    @Param('idOrName') idOrName: string,
    @Query() query: RuleQuery,
  ): Promise<RulePage> {
    return this.rules.list(actor, idOrName, query);
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'changeFilterRules',
    summary: 'Allow, block or forget senders and networks',
    description:
      'In force on port 25 within a second. All of it, or nothing when one pattern is wrong. A pattern that was in the other list changes over.',
  })
  @ApiOkResponse({ type: ChangedRules })
  change(
    @Asking() actor: Actor,
    @Param('idOrName') idOrName: string,
    @Body() changes: RuleChanges,
  ): Promise<ChangedRules> {
    return this.rules.change(actor, idOrName, changes);
  }
}

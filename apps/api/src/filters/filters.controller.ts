import { Body, Controller, Get, Param, Patch } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { Asking } from '../access/asking';
import { Filter, FilterChanges } from './filters.dto';
import { FiltersService } from './filters.service';

@ApiTags('filters')
@Controller('api/v1/tenants/:idOrName/filter')
export class FiltersController {
  constructor(private readonly filters: FiltersService) {}

  @Get()
  @ApiOperation({ operationId: 'showFilter', summary: 'What a tenant wants done with mail that looks bad' })
  @ApiOkResponse({ type: Filter })
  show(@Asking() actor: Actor, @Param('idOrName') idOrName: string): Promise<Filter> {
    return this.filters.show(actor, idOrName);
  }

  @Patch()
  @ApiOperation({
    operationId: 'changeFilter',
    summary: 'Change what a tenant wants done with mail that looks bad',
    description: 'In force on port 25 within a second. What is left out stays as it is.',
  })
  @ApiOkResponse({ type: Filter })
  change(
    @Asking() actor: Actor,
    @Param('idOrName') idOrName: string,
    @Body() changes: FilterChanges,
  ): Promise<Filter> {
    return this.filters.change(actor, idOrName, changes);
  }
}

import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { Asking } from '../access/asking';
import { OutagePage, OutagesQuery } from './outages.dto';
import { OutagesService } from './outages.service';

@ApiTags('outages')
@Controller('api/v1/outages')
export class OutagesController {
  constructor(private readonly outages: OutagesService) {}

  @Get()
  @ApiOperation({ operationId: 'listOutages', summary: 'Periods in which a primary was down, newest first' })
  @ApiOkResponse({ type: OutagePage })
  list(@Asking() actor: Actor, @Query() query: OutagesQuery): Promise<OutagePage> {
    return this.outages.list(actor, query);
  }
}

import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { Asking } from '../access/asking';
import { Lane, LaneChanges, LaneList } from './lanes.dto';
import { LanesService } from './lanes.service';

@ApiTags('lanes')
@Controller('api/v1/lanes')
export class LanesController {
  constructor(private readonly lanes: LanesService) {}

  @Get()
  @ApiOperation({ operationId: 'listLanes', summary: 'Destinations, and how they are worked; for operators' })
  @ApiOkResponse({ type: LaneList })
  list(@Asking() actor: Actor): Promise<LaneList> {
    return this.lanes.list(actor);
  }

  @Patch()
  @ApiOperation({
    operationId: 'changeLane',
    summary: 'Pause a destination, let it go on, or limit it; on all nodes, within two seconds',
  })
  @ApiOkResponse({ type: Lane })
  change(@Asking() actor: Actor, @Body() changes: LaneChanges): Promise<Lane> {
    return this.lanes.change(actor, changes);
  }
}

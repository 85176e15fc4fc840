import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { Asking } from '../access/asking';
import {
  Changed,
  DeliveriesQuery,
  DeliveryAction,
  DeliveryDetail,
  DeliveryPage,
  DeliveryStats,
  Replay,
  StatsQuery,
} from './deliveries.dto';
import { DeliveriesService } from './deliveries.service';

@ApiTags('deliveries')
@Controller('api/v1/deliveries')
export class DeliveriesController {
  constructor(private readonly deliveries: DeliveriesService) {}

  @Get()
  @ApiOperation({ operationId: 'listDeliveries', summary: 'Deliveries, newest first' })
  @ApiOkResponse({ type: DeliveryPage })
  list(@Asking() actor: Actor, @Query() query: DeliveriesQuery): Promise<DeliveryPage> {
    return this.deliveries.list(actor, query);
  }

  @Get('stats')
  @ApiOperation({ operationId: 'countDeliveries', summary: 'How many deliveries are in which state' })
  @ApiOkResponse({ type: DeliveryStats })
  stats(@Asking() actor: Actor, @Query() query: StatsQuery): Promise<DeliveryStats> {
    return this.deliveries.stats(actor, query.domain);
  }

  @Post('actions')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'moveDeliveries',
    summary: 'Retry, hold, release or discard deliveries',
    description: 'What is being sent at this moment is left alone; its answer is a matter of seconds.',
  })
  @ApiOkResponse({ type: Changed })
  act(@Asking() actor: Actor, @Body() action: DeliveryAction): Promise<Changed> {
    return this.deliveries.act(actor, action);
  }

  @Post('replays')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'replayDeliveries',
    summary: 'Send again what was delivered and is still kept',
    description:
      'For a primary that took mail and lost it. What a domain keeps (keepDeliveredHours) becomes new deliveries of the same messages, due at once; each copy is used once.',
  })
  @ApiOkResponse({ type: Changed })
  replay(@Asking() actor: Actor, @Body() replay: Replay): Promise<Changed> {
    return this.deliveries.replay(actor, replay);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'showDelivery', summary: 'One delivery, with what happened to it' })
  @ApiOkResponse({ type: DeliveryDetail })
  show(@Asking() actor: Actor, @Param('id') id: string): Promise<DeliveryDetail> {
    return this.deliveries.show(actor, id);
  }
}

import { Controller, Get, Header, Res } from '@nestjs/common';
import {
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiServiceUnavailableResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { OpenToEverybody } from '../access/access.guard';
import { Metrics } from '../http/metrics';
import { Readiness } from './readiness';

class Ready {
  @ApiProperty()
  ready!: boolean;
  @ApiProperty({ type: [String] })
  reasons!: string[];
}

@ApiTags('operators')
@OpenToEverybody()
@Controller()
export class HealthController {
  constructor(
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
  ) {}

  @Get('health/live')
  @ApiOperation({ operationId: 'isLive', summary: 'Whether this program answers' })
  @ApiOkResponse({
    schema: { type: 'object', required: ['live'], properties: { live: { type: 'boolean' } } },
  })
  live(): { live: true } {
    return { live: true };
  }

  @Get('health/ready')
  @ApiOperation({ operationId: 'isReady', summary: 'Whether everything works that a tenant needs' })
  @ApiOkResponse({ type: Ready })
  @ApiServiceUnavailableResponse({ type: Ready })
  async ready(@Res({ passthrough: true }) response: Response): Promise<Ready> {
    const answer = await this.readiness.check();
    response.status(answer.ready ? 200 : 503);
    return answer;
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiOperation({ operationId: 'metrics', summary: 'Figures for Prometheus' })
  metricsText(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}

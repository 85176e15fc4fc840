import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { permit, type Actor } from '../access/actor';
import { Asking } from '../access/asking';
import { Doorkeeper } from '../access/doorkeeper';
import { Problem } from '../http/problem';
import { TownCrier } from './town-crier';
import { Viewer } from './viewer';

/** Proxies cut a line that is silent for a minute, and consoles one that is silent for half of it. */
const beatEveryMs = 15_000;

@ApiTags('stream')
@Controller('api/v1/stream')
export class StreamController {
  constructor(
    private readonly crier: TownCrier,
    private readonly doorkeeper: Doorkeeper,
  ) {}

  @Get()
  @ApiProduces('text/event-stream')
  @ApiOperation({
    operationId: 'stream',
    summary: 'What changes, as it changes (server-sent events)',
    description:
      '`counts`: the counters of domains that moved, by domain id, and of all at the beginning. `delivery`, `outage`, `notification`: ' +
      'hints that such a list has something new. A comment every 15 seconds says that the line is alive.',
  })
  @ApiOkResponse({ schema: { type: 'string' } })
  async stream(@Asking() actor: Actor, @Req() request: Request, @Res() response: Response): Promise<void> {
    const viewer = new Viewer(permit(actor, 'read-overview'), response);
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // nginx would otherwise keep events until it has a page full of them
      'x-accel-buffering': 'no',
    });
    viewer.beat();
    const beat = setInterval(() => void this.beat(viewer, request), beatEveryMs);
    response.once('close', () => {
      clearInterval(beat);
      this.crier.leave(viewer);
    });
    await this.crier.join(viewer);
  }

  /** Also asks again who this is: whoever signed out, or was shown the door, must not go on listening. */
  private async beat(viewer: Viewer, request: Request): Promise<void> {
    viewer.beat();
    try {
      viewer.actor = permit(await this.doorkeeper.whoIs(request), 'read-overview');
    } catch (error) {
      // Anything but a plain no is weather, and a console needs its line most when something is broken.
      if (error instanceof Problem && error.status < 500) viewer.end();
    }
  }
}

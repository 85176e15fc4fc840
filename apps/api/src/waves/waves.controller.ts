import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { Asking } from '../access/asking';
import { RefusalWave, RefusalWavePage, WavesQuery, WaveWord } from './waves.dto';
import { WavesService } from './waves.service';

@ApiTags('waves')
@Controller('api/v1/waves')
export class WavesController {
  constructor(private readonly waves: WavesService) {}

  @Get()
  @ApiOperation({
    operationId: 'listWaves',
    summary: 'Primaries that answered and refused everybody, newest first',
  })
  @ApiOkResponse({ type: RefusalWavePage })
  list(@Asking() actor: Actor, @Query() query: WavesQuery): Promise<RefusalWavePage> {
    return this.waves.list(actor, query);
  }

  @Post('decisions')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'decideWave',
    summary: 'Say what is to become of mail that a primary refuses',
  })
  @ApiOkResponse({ type: RefusalWave })
  decide(@Asking() actor: Actor, @Body() word: WaveWord): Promise<RefusalWave> {
    return this.waves.decide(actor, word);
  }
}

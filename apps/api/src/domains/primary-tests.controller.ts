import { Controller, Get, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { Asking } from '../access/asking';
import { PrimaryTest, TlsResults } from './primary-tests.dto';
import { PrimaryTestsService } from './primary-tests.service';

@ApiTags('domains')
@Controller('api/v1/domains/:idOrName')
export class PrimaryTestsController {
  constructor(private readonly tests: PrimaryTestsService) {}

  @Post('tests')
  @ApiOperation({
    operationId: 'testPrimaries',
    summary: 'Try a connection to each primary; ask for the result by its id',
  })
  @ApiCreatedResponse({ type: PrimaryTest })
  begin(@Asking() actor: Actor, @Param('idOrName') idOrName: string): Promise<PrimaryTest> {
    return this.tests.begin(actor, idOrName);
  }

  @Get('tests/:id')
  @ApiOperation({ operationId: 'showPrimaryTest', summary: 'What a test found so far' })
  @ApiOkResponse({ type: PrimaryTest })
  show(
    @Asking() actor: Actor,
    @Param('idOrName') idOrName: string,
    @Param('id') id: string,
  ): Promise<PrimaryTest> {
    return this.tests.show(actor, idOrName, id);
  }

  @Get('tls-results')
  @ApiOperation({ operationId: 'listTlsResults', summary: 'How encryption to the primaries went, by day' })
  @ApiOkResponse({ type: TlsResults })
  results(@Asking() actor: Actor, @Param('idOrName') idOrName: string): Promise<TlsResults> {
    return this.tests.results(actor, idOrName);
  }
}

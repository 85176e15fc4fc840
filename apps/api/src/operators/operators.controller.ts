import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { countDeliveries } from '@holdfast/queue';
import { onlyOperator, type Actor } from '../access/actor';
import { Asking } from '../access/asking';
import { TenantDatabase } from '../http/tenant-database';
import { judge, readPrograms } from './readiness';
import { Status } from './status.dto';

@ApiTags('operators')
@Controller('api/v1/status')
export class OperatorsController {
  constructor(private readonly database: TenantDatabase) {}

  @Get()
  @ApiOperation({ operationId: 'showStatus', summary: 'How the whole house is (operators)' })
  @ApiOkResponse({ type: Status })
  async status(@Asking() actor: Actor): Promise<Status> {
    const operator = onlyOperator(actor);
    return this.database.asOperator(operator, async (db) => {
      const nodes = await readPrograms(db);
      const { held, sending, quarantined } = await countDeliveries(db);
      const { rows } = await db.query<{ open: number }>(
        'select count(*)::int as open from outages where ended_at is null',
      );
      return { ...judge(nodes), held, sending, quarantined, outagesOpen: rows[0]?.open ?? 0, nodes };
    });
  }
}

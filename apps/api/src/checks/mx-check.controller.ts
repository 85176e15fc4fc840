import { Controller, Get, Query, Req, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { asciiDomain } from '@holdfast/mail';
import { OpenToEverybody } from '../access/access.guard';
import type { AskedRequest } from '../access/asking';
import { Invalid } from '../http/problem';
import { CheckDesk } from './check-desk';
import { DnsCheck, MxCheckQuery } from './checks.dto';
import { checkOf } from './checks.service';
import { StrangerLimits } from './stranger-limits';

/** For everybody: what we think of a domain, from what everybody can see. It knows nothing of what is set up here. */
@ApiTags('domains')
@OpenToEverybody()
@UseGuards(StrangerLimits)
@Controller('api/v1/mx-check')
export class MxCheckController {
  constructor(private readonly desk: CheckDesk) {}

  @Get()
  @ApiOperation({
    operationId: 'checkAnyDomain',
    summary: 'Check any domain, also without an account',
    description: 'Without an account a few times a minute, and with an answer that may be a minute old.',
  })
  @ApiOkResponse({ type: DnsCheck })
  async check(@Query() query: MxCheckQuery, @Req() request: AskedRequest): Promise<DnsCheck> {
    const domain = asciiDomain(query.domain.trim());
    if (!domain?.includes('.'))
      throw new Invalid([{ field: 'domain', message: 'must be a domain name such as example.org' }]);
    return checkOf(request.actor ? await this.desk.check(domain) : await this.desk.checkForStranger(domain));
  }
}

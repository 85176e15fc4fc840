import { Body, Controller, Get, HttpCode, Param, Post, Put, Query, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import type { Actor } from '../access/actor';
import { Asking } from '../access/asking';
import { PageQuery } from '../http/page';
import { Problem } from '../http/problem';
import { ChangedRecipients, ImportQuery, RecipientChanges, RecipientPage } from './recipients.dto';
import { RecipientsService } from './recipients.service';

@ApiTags('domains')
@Controller('api/v1/domains/:idOrName/recipients')
export class RecipientsController {
  constructor(private readonly recipients: RecipientsService) {}

  @Get()
  @ApiOperation({ operationId: 'listRecipients', summary: 'The recipients that a domain lists, by name' })
  @ApiOkResponse({ type: RecipientPage })
  list(
    @Asking() actor: Actor,
    @Param('idOrName') idOrName: string,
    @Query() query: PageQuery,
  ): Promise<RecipientPage> {
    return this.recipients.list(actor, idOrName, query);
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({ operationId: 'changeRecipients', summary: 'Add recipients to a list, or remove some' })
  @ApiOkResponse({ type: ChangedRecipients })
  change(
    @Asking() actor: Actor,
    @Param('idOrName') idOrName: string,
    @Body() changes: RecipientChanges,
  ): Promise<ChangedRecipients> {
    return this.recipients.change(actor, idOrName, changes);
  }

  @Put()
  @ApiOperation({
    operationId: 'importRecipients',
    summary: 'Take a list of recipients from a file',
    description:
      'CSV, the address in the first column. A line that is no recipient is passed over and named in the answer.',
  })
  @ApiConsumes('text/csv')
  @ApiBody({ schema: { type: 'string' }, required: true })
  @ApiOkResponse({ type: ChangedRecipients })
  take(
    @Asking() actor: Actor,
    @Param('idOrName') idOrName: string,
    @Query() { mode }: ImportQuery,
    @Req() request: Request,
  ): Promise<ChangedRecipients> {
    if (!/^text\/(csv|plain)\b/.test(request.headers['content-type'] ?? ''))
      throw new Problem(415, 'not-csv', 'Not a CSV file', 'A list of recipients is sent as text/csv.');
    return this.recipients.take(actor, idOrName, mode, request);
  }
}

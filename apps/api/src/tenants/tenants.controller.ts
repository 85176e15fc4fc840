import { Body, Controller, Get, Param, Patch, Post, Query, Req } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import type { Actor } from '../access/actor';
import { Asking } from '../access/asking';
import { originOf } from '../http/origin';
import { PageQuery } from '../http/page';
import { AddedMember, NewMember, NewTenant, Tenant, TenantChanges, TenantPage } from './tenants.dto';
import { TenantsService } from './tenants.service';

@ApiTags('tenants')
@Controller('api/v1/tenants')
export class TenantsController {
  constructor(private readonly tenants: TenantsService) {}

  @Get()
  @ApiOperation({ operationId: 'listTenants', summary: 'The tenants that you may see, by name' })
  @ApiOkResponse({ type: TenantPage })
  list(@Asking() actor: Actor, @Query() query: PageQuery): Promise<TenantPage> {
    return this.tenants.list(actor, query);
  }

  @Post()
  @ApiOperation({ operationId: 'addTenant', summary: 'Make a tenant (operators)' })
  @ApiCreatedResponse({ type: Tenant })
  add(@Asking() actor: Actor, @Body() tenant: NewTenant): Promise<Tenant> {
    return this.tenants.add(actor, tenant);
  }

  @Get(':idOrName')
  @ApiOperation({ operationId: 'showTenant', summary: 'One tenant' })
  @ApiOkResponse({ type: Tenant })
  show(@Asking() actor: Actor, @Param('idOrName') idOrName: string): Promise<Tenant> {
    return this.tenants.show(actor, idOrName);
  }

  @Patch(':idOrName')
  @ApiOperation({ operationId: 'changeTenant', summary: 'Limits and suspension of a tenant (operators)' })
  @ApiOkResponse({ type: Tenant })
  change(
    @Asking() actor: Actor,
    @Param('idOrName') idOrName: string,
    @Body() changes: TenantChanges,
  ): Promise<Tenant> {
    return this.tenants.change(actor, idOrName, changes);
  }

  @Post(':idOrName/users')
  @ApiOperation({
    operationId: 'addUser',
    summary: 'Let a person into a tenant (operators)',
    description:
      'Makes the person if there is none of this address, gives them the role, and answers a one-time link that signs them in.',
  })
  @ApiCreatedResponse({ type: AddedMember })
  addMember(
    @Asking() actor: Actor,
    @Param('idOrName') idOrName: string,
    @Body() member: NewMember,
    @Req() request: Request,
  ): Promise<AddedMember> {
    return this.tenants.addMember(actor, idOrName, member, originOf(request));
  }
}

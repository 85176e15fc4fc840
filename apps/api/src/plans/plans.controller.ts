import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { Asking } from '../access/asking';
import { PageQuery } from '../http/page';
import { NewPlan, Plan, PlanChanges, PlanPage } from './plans.dto';
import { PlansService } from './plans.service';

@ApiTags('plans')
@Controller('api/v1/plans')
export class PlansController {
  constructor(private readonly plans: PlansService) {}

  @Get()
  @ApiOperation({ operationId: 'listPlans', summary: 'The plans of the provider, by name (operators)' })
  @ApiOkResponse({ type: PlanPage })
  list(@Asking() actor: Actor, @Query() query: PageQuery): Promise<PlanPage> {
    return this.plans.list(actor, query);
  }

  @Post()
  @ApiOperation({ operationId: 'addPlan', summary: 'Make a plan (operators)' })
  @ApiCreatedResponse({ type: Plan })
  add(@Asking() actor: Actor, @Body() plan: NewPlan): Promise<Plan> {
    return this.plans.add(actor, plan);
  }

  @Patch(':idOrName')
  @ApiOperation({
    operationId: 'changePlan',
    summary: 'Change the limits of a plan (operators)',
    description: 'In force on port 25, for every tenant of the plan, within a second.',
  })
  @ApiOkResponse({ type: Plan })
  change(
    @Asking() actor: Actor,
    @Param('idOrName') idOrName: string,
    @Body() changes: PlanChanges,
  ): Promise<Plan> {
    return this.plans.change(actor, idOrName, changes);
  }
}

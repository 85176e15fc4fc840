import { Module } from '@nestjs/common';
import { FilterRulesController } from './filter-rules.controller';
import { FilterRulesService } from './filter-rules.service';
import { FiltersController } from './filters.controller';
import { FiltersService } from './filters.service';

@Module({
  controllers: [FiltersController, FilterRulesController],
  providers: [FiltersService, FilterRulesService],
})
export class FiltersModule {}

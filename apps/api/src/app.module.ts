import { Global, Module, type DynamicModule, type Provider } from '@nestjs/common';
import { AccessModule } from './access/access.module';
import { ChecksModule } from './checks/checks.module';
import { DemoModule } from './demo/demo.module';
import { DomainsModule } from './domains/domains.module';
import { FiltersModule } from './filters/filters.module';
import { Metrics } from './http/metrics';
import { TenantDatabase } from './http/tenant-database';
import { LanesModule } from './lanes/lanes.module';
import { MessagesModule } from './messages/messages.module';
import { NotificationsModule } from './notifications/notifications.module';
import { OperatorsModule } from './operators/operators.module';
import { OutagesModule } from './outages/outages.module';
import { PlansModule } from './plans/plans.module';
import { RedirectsModule } from './redirects/redirects.module';
import { StreamModule } from './stream/stream.module';
import { TenantsModule } from './tenants/tenants.module';
import { WavesModule } from './waves/waves.module';

/** The rooms of the api, and what create-app.ts carries into all of them: configuration, log, the ways to Postgres. */
@Global()
@Module({})
export class AppModule {
  static with(carried: Provider[]): DynamicModule {
    return {
      module: AppModule,
      imports: [
        AccessModule,
        TenantsModule,
        PlansModule,
        DomainsModule,
        ChecksModule,
        FiltersModule,
        MessagesModule,
        OutagesModule,
        WavesModule,
        LanesModule,
        RedirectsModule,
        NotificationsModule,
        OperatorsModule,
        StreamModule,
        DemoModule,
      ],
      providers: [...carried, TenantDatabase, Metrics],
      exports: [...carried, TenantDatabase, Metrics],
    };
  }
}

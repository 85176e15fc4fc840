import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A server that came back empty refuses everybody. What it did to a domain is one row here, open until somebody decides or the
 * server takes mail again; while it is open the relay keeps the domain's mail held.
 */
export class HoldWhatAWaveRefuses20261125120000 implements MigrationInterface {
  name = 'HoldWhatAWaveRefuses20261125120000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table refusal_waves (
        id uuid primary key default gen_random_uuid(),
        tenant_id uuid not null references tenants on delete cascade,
        domain_id uuid not null references domains on delete cascade,
        began_at timestamptz not null default now(),
        -- which rule saw it (apps/relay/src/refusal-rules.ts)
        rule text not null,
        -- one of its refusals, word for word, and the host:port that spoke it
        reply text not null,
        said_by text not null,
        refused integer not null,
        known_refused integer not null,
        accepted integer not null,
        decision text check (decision in ('retry', 'give-up', 'redirect', 'recovered')),
        decided_by text,
        decided_at timestamptz
      );
      create unique index refusal_waves_open_once on refusal_waves (domain_id) where decision is null;
      create index refusal_waves_by_tenant on refusal_waves (tenant_id, began_at desc, id);
      create index refusal_waves_given_up on refusal_waves (decided_at) where decision = 'give-up';

      alter table refusal_waves enable row level security;
      create policy own_rows on refusal_waves to holdfast_api using (tenant_id = ${tenantIsSpeaking}) with check (tenant_id = ${tenantIsSpeaking});
      create policy all_rows on refusal_waves to holdfast_relay, holdfast_sentinel, holdfast_operator using (true) with check (true);
      grant select, insert on refusal_waves to holdfast_relay;
      grant select on refusal_waves to holdfast_sentinel, holdfast_api, holdfast_operator;
      grant update (decision, decided_by, decided_at) on refusal_waves to holdfast_relay, holdfast_api, holdfast_operator;
      -- whom call-ahead found to be known is evidence against a primary that knows nobody
      grant select on recipient_answers to holdfast_relay;
    `);
    await db.query(tellOfWaves);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table refusal_waves; drop function tell_of_waves');
  }
}

const tenantIsSpeaking = `nullif(current_setting('holdfast.tenant_id', true), '')::uuid`;

const tellOfWaves = `
  create function tell_of_waves() returns trigger language plpgsql as $$
  begin
    perform pg_notify('holdfast_wave', json_build_object('tenant', new.tenant_id, 'domain', new.domain_id, 'decision', new.decision)::text);
    return null;
  end $$;
  create trigger tell after insert or update of decision on refusal_waves for each row execute function tell_of_waves();
`;

import { Inject, Injectable } from '@nestjs/common';
import { isAPIError } from 'better-auth/api';
import { fromNodeHeaders } from 'better-auth/node';
import type { Request, Response } from 'express';
import type pg from 'pg';
import { NotHere, NotSignedIn, Unavailable } from '../http/problem';
import { API_POOL, TenantDatabase } from '../http/tenant-database';
import { findTenant } from '../tenants/tenant-sql';
import type { Actor, Membership, Operator, Role } from './actor';
import { OperatorKey } from './operator-key';
import { SIGN_IN, type SignIn } from './sign-in';

/** Finds out who is asking: by a key in `Authorization`, or by the cookie of a session. */
@Injectable()
export class Doorkeeper {
  constructor(
    private readonly operatorKey: OperatorKey,
    @Inject(SIGN_IN) private readonly signIn: SignIn,
    @Inject(API_POOL) private readonly pool: pg.Pool,
    private readonly database: TenantDatabase,
  ) {}

  /**
   * @param response takes the cookie of a session that was prolonged on this occasion
   * @throws NotSignedIn, or NotHere for a tenant that is not theirs to speak for
   */
  async whoIs(request: Request, response?: Response): Promise<Actor> {
    const authorization = request.headers.authorization;
    const actor =
      authorization === undefined ? await this.bySession(request, response) : this.byKey(authorization);
    const tenant = tenantNamedIn(request);
    return tenant === undefined ? actor : this.narrow(actor, tenant);
  }

  private byKey(authorization: string): Operator {
    const key = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (!key || !this.operatorKey.is(key)) throw new NotSignedIn('This key is not known here.');
    return { kind: 'operator' };
  }

  private async bySession(request: Request, response: Response | undefined): Promise<Actor> {
    if (!request.headers.cookie) throw new NotSignedIn();
    const { headers, response: session } = await this.sessionOf(request);
    if (!session) throw new NotSignedIn();
    for (const cookie of headers.getSetCookie()) response?.append('set-cookie', cookie);
    const { id, email, name } = session.user;
    return { kind: 'person', id, email, name, memberships: await this.membershipsOf(id) };
  }

  private async sessionOf(request: Request) {
    try {
      return await this.signIn.api.getSession({
        headers: fromNodeHeaders(request.headers),
        returnHeaders: true,
      });
    } catch (error) {
      // better-auth has logged what happened and says only that it could not ask: Postgres is all that it asks.
      if (isAPIError(error) && error.status === 'INTERNAL_SERVER_ERROR') throw new Unavailable(error);
      if (isAPIError(error)) throw new NotSignedIn();
      throw error;
    }
  }

  /** Asked anew for each request: whoever was shown the door is outside at once. */
  private async membershipsOf(userId: string): Promise<Membership[]> {
    const { rows } = await this.pool.query<{ id: string; name: string; role: Role }>(
      'select id, name, role from tenants_of_user($1)',
      [userId],
    );
    return rows.map(({ id, name, role }) => ({ tenantId: id, tenant: name, role }));
  }

  private async narrow(actor: Actor, idOrName: string): Promise<Actor> {
    if (actor.kind === 'person') {
      const memberships = actor.memberships.filter(
        ({ tenantId, tenant }) => tenantId === idOrName || tenant === idOrName,
      );
      if (memberships.length === 0) throw new NotHere('tenant of this name');
      return { ...actor, memberships };
    }
    const tenant = await this.database.asOperator(actor, (db) => findTenant(db, idOrName));
    if (!tenant) throw new NotHere('tenant of this name');
    return { ...actor, tenant: { id: tenant.id, name: tenant.name } };
  }
}

/** `?tenant=`, the header `x-holdfast-tenant`, or `tenant` in a body that makes something new. */
function tenantNamedIn(request: Request): string | undefined {
  const body = request.body as { tenant?: unknown } | undefined;
  for (const named of [request.query['tenant'], request.headers['x-holdfast-tenant'], body?.tenant]) {
    if (typeof named === 'string' && named !== '') return named;
  }
  return undefined;
}

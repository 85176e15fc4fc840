import { Injectable, type ExecutionContext } from '@nestjs/common';
import { ThrottlerGuard, type ThrottlerModuleOptions } from '@nestjs/throttler';
import type { Request } from 'express';

const minute = 60_000;

/**
 * How often passwords may be tried. One address may serve an office, and one account may be tried by somebody else than its owner;
 * so the narrow limit is for the two together, and the wide ones slow down who tries many accounts or from many addresses.
 */
export const signInLimits: ThrottlerModuleOptions = {
  throttlers: [
    {
      name: 'account-from-address',
      ttl: 15 * minute,
      limit: 10,
      getTracker: (request) => `${address(request)} ${account(request)}`,
    },
    { name: 'address', ttl: minute, limit: 30, getTracker: address },
    { name: 'account', ttl: 60 * minute, limit: 100, getTracker: account },
  ],
  // Limits that announce themselves help whoever probes them.
  setHeaders: false,
};

/** Counts tries at what takes a password; everything else passes. */
@Injectable()
export class SignInLimits extends ThrottlerGuard {
  protected override async shouldSkip(context: ExecutionContext): Promise<boolean> {
    const { method, path } = context.switchToHttp().getRequest<Request>();
    return method !== 'POST' || !/^\/api\/auth\/(sign-in|change-password)/.test(path);
  }
}

function address(request: Record<string, unknown>): string {
  return String((request as unknown as Request).ip);
}

function account(request: Record<string, unknown>): string {
  const { email } = ((request as unknown as Request).body ?? {}) as { email?: unknown };
  return typeof email === 'string' ? email.trim().toLowerCase().slice(0, 320) : '';
}

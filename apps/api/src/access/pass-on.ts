import { fromNodeHeaders } from 'better-auth/node';
import type { Request, Response } from 'express';
import { originOf } from '../http/origin';
import { Problem, Unavailable } from '../http/problem';
import { clientAddressHeader, type SignIn } from './sign-in';

/**
 * Hands a request to better-auth and its answer back, with its refusals as problem details.
 * @param instead another path and query than the request's own, asked for with GET
 */
export async function passOn(
  signIn: SignIn,
  request: Request,
  response: Response,
  instead?: string,
): Promise<void> {
  const answer = await signIn.handler(webRequest(request, instead));
  // What fails inside was logged where it failed; for the person it is weather.
  if (answer.status >= 500) throw new Unavailable(`better-auth answered ${answer.status}`);
  if (answer.status >= 400) throw await problemOf(answer);
  response.status(answer.status);
  for (const cookie of answer.headers.getSetCookie()) response.append('set-cookie', cookie);
  for (const [name, value] of answer.headers) if (name !== 'set-cookie') response.setHeader(name, value);
  response.setHeader('cache-control', 'no-store');
  response.end(Buffer.from(await answer.arrayBuffer()));
}

function webRequest(request: Request, instead: string | undefined): globalThis.Request {
  const headers = fromNodeHeaders(request.headers);
  // These described the bytes on the wire; the body below is written anew.
  for (const name of ['content-length', 'transfer-encoding', 'connection', 'expect']) headers.delete(name);
  headers.set(clientAddressHeader, request.ip ?? '');
  const method = instead === undefined ? request.method : 'GET';
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return new Request(`${originOf(request)}${instead ?? request.originalUrl}`, {
    method,
    headers,
    ...(hasBody && { body: JSON.stringify(request.body ?? {}) }),
  });
}

async function problemOf(answer: globalThis.Response): Promise<Problem> {
  const said = (await answer.json().catch(() => ({}))) as { code?: unknown; message?: unknown };
  const kind = typeof said.code === 'string' ? said.code.toLowerCase().replaceAll('_', '-') : 'sign-in';
  const detail = typeof said.message === 'string' ? said.message : 'This did not work.';
  return new Problem(answer.status, kind, 'Not accepted', detail);
}

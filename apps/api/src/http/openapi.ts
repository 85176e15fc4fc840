import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { ProblemDetails } from './problem';

/** The contract of `/api/v1`, as committed in libs/api-contract. Every operation may answer problem details; they are said once. */
export function openApiOf(app: INestApplication): OpenAPIObject {
  const document = SwaggerModule.createDocument(
    app,
    new DocumentBuilder()
      .setTitle('Holdfast')
      .setDescription(
        'What tenants and operators of a backup MX may do over HTTP. Times are ISO 8601 in UTC, sizes are bytes.',
      )
      .setVersion('1')
      .addBearerAuth({ type: 'http', scheme: 'bearer', description: "the operator's key" }, 'key')
      .addCookieAuth('holdfast.session_token', { type: 'apiKey', in: 'cookie' }, 'session')
      .addSecurityRequirements('key')
      .addSecurityRequirements('session')
      .build(),
    { extraModels: [ProblemDetails] },
  );
  const refusal = {
    description: 'Refused; the body says why',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemDetails' } } },
  };
  for (const path of Object.values(document.paths)) {
    for (const method of ['get', 'post', 'patch', 'delete'] as const) {
      const operation = path[method];
      if (operation) operation.responses['default'] ??= refusal;
    }
  }
  return document;
}

/** As it is committed: keys in the order in which they were declared, two spaces, a final newline. */
export function openApiText(app: INestApplication): string {
  return `${JSON.stringify(openApiOf(app), null, 2)}\n`;
}

import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { Invalid, type FieldProblem } from './problem';

/** More than this many sentences about one request help nobody, and a list of a million wrong addresses must not answer with as many. */
const mostErrors = 20;

/** Checks bodies and queries against their classes; what a class does not name is refused by its name. */
export function validation(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    stopAtFirstError: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => new Invalid(errors.flatMap((error) => flatten(error)).slice(0, mostErrors)),
  });
}

function flatten({ property, constraints, children }: ValidationError, path = ''): FieldProblem[] {
  const field = /^\d+$/.test(property) ? `${path}[${property}]` : path ? `${path}.${property}` : property;
  const own = Object.values(constraints ?? {}).map((message) => ({
    field,
    message: sentence(message, property),
  }));
  return [...own, ...(children ?? []).flatMap((child) => flatten(child, field))];
}

/** class-validator begins its sentences with the property; ours name the field apart from the sentence. */
function sentence(message: string, property: string): string {
  if (message.endsWith('should not exist')) return 'is not known here';
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}

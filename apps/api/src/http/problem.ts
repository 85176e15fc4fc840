import { ApiProperty } from '@nestjs/swagger';

/** What is wrong with one field of a request; `field` as the client wrote it, such as `primary.host` or `addresses[3]`. */
export class FieldProblem {
  @ApiProperty({ example: 'primary.host' })
  field!: string;

  @ApiProperty({ example: 'must be a host name or an address' })
  message!: string;
}

/** Problem details (RFC 9457 section 3.1), the one shape of every refusal. */
export class ProblemDetails {
  @ApiProperty({ example: 'urn:holdfast:problem:invalid' })
  type!: string;

  @ApiProperty({ example: 'The request is not valid' })
  title!: string;

  @ApiProperty({ example: 400 })
  status!: number;

  @ApiProperty({
    description: 'one sentence for a person',
    example: 'primary.host must be a host name or an address',
  })
  detail!: string;

  @ApiProperty({ type: [FieldProblem], required: false })
  errors?: FieldProblem[];
}

/**
 * A refusal that somebody wrote down. Its words are for whoever asked; what only the operator should know goes into `cause`.
 * Everything that is not a Problem is a bug or weather, and is answered blandly (see problem.filter.ts).
 */
export class Problem extends Error {
  constructor(
    readonly status: number,
    /** the last part of the type URI; stable, clients compare it */
    readonly kind: string,
    readonly title: string,
    detail: string,
    readonly errors?: FieldProblem[],
  ) {
    super(detail);
  }

  toDetails(): ProblemDetails {
    return {
      type: `urn:holdfast:problem:${this.kind}`,
      title: this.title,
      status: this.status,
      detail: this.message,
      ...(this.errors && { errors: this.errors }),
    };
  }
}

export class Invalid extends Problem {
  constructor(errors: FieldProblem[]) {
    const [first] = errors;
    super(
      400,
      'invalid',
      'The request is not valid',
      first ? `${first.field} ${first.message}` : 'The request is not valid',
      errors,
    );
  }
}

export class NotSignedIn extends Problem {
  constructor(detail = 'Sign in, or send a key as "Authorization: Bearer ...".') {
    super(401, 'not-signed-in', 'Not signed in', detail);
  }
}

export class NotAllowed extends Problem {
  constructor(detail: string) {
    super(403, 'not-allowed', 'Not allowed', detail);
  }
}

/** Also said of what exists and belongs to somebody else: whether it exists is theirs to know. */
export class NotHere extends Problem {
  constructor(what: string) {
    super(404, 'not-here', 'Not here', `There is no ${what} here that you may see.`);
  }
}

/** Weather: Postgres, as a rule. The mail does not need it, and we say so. */
export class Unavailable extends Problem {
  constructor(cause: unknown) {
    super(
      503,
      'unavailable',
      'Unavailable for the moment',
      'The database cannot be asked right now. Mail is accepted and held all the same; please try again in a few seconds.',
    );
    this.cause = cause;
  }
}

export class Conflict extends Problem {
  constructor(kind: string, title: string, detail: string, errors?: FieldProblem[]) {
    super(409, kind, title, detail, errors);
  }
}

import { HttpClient } from '@angular/common/http';
import { Component, inject, signal } from '@angular/core';
import {
  type FieldTree,
  FormField,
  FormRoot,
  type TreeValidationResult,
  form,
  max,
  min,
  pattern,
  required,
} from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { Router, RouterLink } from '@angular/router';
import { firstValueFrom } from 'rxjs';
import type { Domain } from '../http/contract';
import { fieldProblems, whatWentWrong } from '../http/failure';
import { MailState } from '../http/mail-state';
import { Session } from '../http/session';
import { PageHead } from '../ui/page-head';

interface NewDomain {
  tenant: string;
  domain: string;
  host: string;
  port: number;
  tlsPolicy: string;
}

/** Adds a domain: its name, and where its mail belongs. What the api refuses stands under the input that it is about. */
@Component({
  selector: 'hf-add-domain',
  imports: [
    FormField,
    FormRoot,
    MatButton,
    MatError,
    MatFormField,
    MatHint,
    MatInput,
    MatLabel,
    PageHead,
    RouterLink,
  ],
  templateUrl: './add-domain.html',
  styleUrl: './add-domain.css',
  host: { class: 'page' },
})
export class AddDomain {
  private readonly http = inject(HttpClient);
  private readonly router = inject(Router);
  private readonly mail = inject(MailState);
  protected readonly session = inject(Session);

  protected readonly refusal = signal<string | undefined>(undefined);
  private readonly model = signal<NewDomain>({
    tenant: '',
    domain: '',
    host: '',
    port: 25,
    tlsPolicy: 'opportunistic',
  });
  protected readonly form = form(
    this.model,
    (path) => {
      required(path.tenant, {
        message: 'Enter the tenant that it belongs to.',
        when: () => this.session.isOperator(),
      });
      required(path.domain, { message: 'Enter the domain, as it stands after the @.' });
      pattern(path.domain, /^\s*([\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,}\.?\s*$/u, {
        message:
          'This does not look like a domain. Enter it as it stands after the @, for example example.org.',
      });
      required(path.host, { message: 'Enter the name of the server that normally takes its mail.' });
      required(path.port, { message: 'Enter a port, usually 25.' });
      min(path.port, 1, { message: 'A port is a number from 1 to 65535, usually 25.' });
      max(path.port, 65_535, { message: 'A port is a number from 1 to 65535, usually 25.' });
    },
    {
      submission: {
        action: async (fields): Promise<TreeValidationResult> => {
          this.refusal.set(undefined);
          try {
            const added = await this.add();
            this.mail.reload();
            await this.router.navigate(['/domains', added.domain]);
            return undefined;
          } catch (failure) {
            return this.explain(failure, fields);
          }
        },
      },
    },
  );

  private async add(): Promise<Domain> {
    const { tenant, domain, host, port, tlsPolicy } = this.model();
    const body = {
      domain: domain.trim().replace(/\.$/, '').toLowerCase(),
      primary: { host: host.trim(), port, tlsPolicy },
      ...(this.session.isOperator() && { tenant: tenant.trim() }),
    };
    return firstValueFrom(this.http.post<Domain>('/api/v1/domains', body));
  }

  private explain(failure: unknown, fields: FieldTree<NewDomain>): TreeValidationResult {
    const problems = fieldProblems(failure);
    const places = [
      ['domain', 'The domain', fields.domain],
      ['tenant', 'The tenant', fields.tenant],
      ['primary.host', 'The mail server', fields.host],
      ['primary.port', 'The port', fields.port],
    ] as const;
    const found = places.flatMap(([name, subject, fieldTree]) => {
      const message = problems.get(name);
      return message ? [{ kind: 'refused', message: `${subject} ${message}.`, fieldTree }] : [];
    });
    if (found.length === 0) this.refusal.set(whatWentWrong(failure).happened);
    return found;
  }
}

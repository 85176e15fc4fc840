import { Component, DestroyRef, computed, effect, inject, signal } from '@angular/core';
import { MatIconButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { MatMenu, MatMenuItem, MatMenuTrigger } from '@angular/material/menu';
import { Router, RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { LiveStream } from '../http/live-stream';
import { MailState } from '../http/mail-state';
import { Session } from '../http/session';
import { Clock } from '../ui/clock';
import { Count } from '../ui/count';
import type { IconName } from '../ui/icons';
import { stateSentence } from '../ui/state-sentence';
import { clockTime } from '../ui/words-of-time';
import { Theme, type ThemeChoice } from '../ui/theme';
import { Wordmark } from '../ui/wordmark';
import { PageTitle } from './page-title';

/** The frame of every page: where one can go, whose room it is, and whether what it shows is fresh. */
@Component({
  selector: 'hf-shell',
  imports: [
    Count,
    MatIcon,
    MatIconButton,
    MatMenu,
    MatMenuItem,
    MatMenuTrigger,
    RouterLink,
    RouterLinkActive,
    RouterOutlet,
    Wordmark,
  ],
  templateUrl: './shell.html',
  styleUrl: './shell.css',
  host: { '[class.operator]': 'session.isOperator()' },
})
export class Shell {
  protected readonly session = inject(Session);
  protected readonly live = inject(LiveStream);
  protected readonly mail = inject(MailState);
  protected readonly theme = inject(Theme);
  private readonly clock = inject(Clock);
  private readonly router = inject(Router);

  protected readonly ways: readonly { path: string; word: string; icon: IconName }[] = [
    { path: '/', word: 'Overview', icon: 'house' },
    { path: '/domains', word: 'Domains', icon: 'globe' },
    { path: '/filter', word: 'Filter', icon: 'shield' },
    { path: '/messages', word: 'Messages', icon: 'mail' },
    { path: '/outages', word: 'Outages', icon: 'activity' },
    { path: '/notifications', word: 'Notifications', icon: 'bell' },
  ];
  protected readonly themes: readonly { choice: ThemeChoice; word: string; icon: IconName }[] = [
    { choice: 'system', word: 'As the system', icon: 'system' },
    { choice: 'light', word: 'Light', icon: 'sun' },
    { choice: 'dark', word: 'Dark', icon: 'moon' },
  ];
  protected readonly heardAt = computed(() => clockTime(this.live.heardAt().getTime(), this.clock.now()));
  protected readonly isStale = computed(() => this.live.connection() === 'stale');
  protected readonly failedToLeave = signal(false);
  /** Spoken when the situation changes, and only then: a minute that passes is no news. */
  protected readonly news = computed(() => {
    const domains = this.mail.domains();
    const outages = this.mail.outages();
    if (!domains || !outages) return '';
    const names = domains.filter((domain) => domain.outage).map((domain) => domain.domain);
    const { headline } = stateSentence({
      domains,
      outages,
      now: Date.now(),
      isOperator: this.session.isOperator(),
    });
    return `${headline}${names.length > 0 ? ` Down: ${names.join(', ')}.` : ''}`;
  });

  constructor() {
    this.live.start();
    inject(DestroyRef).onDestroy(() => this.live.stop());
    const title = inject(PageTitle);
    effect(() => {
      title.page();
      title.say(this.mail.held());
    });
    effect(() => {
      if (this.live.isSignedOut())
        void this.router.navigate(['/sign-in'], { queryParams: { next: this.router.url } });
    });
    // Came up while the api was away: ask who this is as soon as it answers.
    effect(() => {
      if (this.live.connection() === 'live' && !this.session.me())
        void this.session.isSignedIn().catch(() => undefined);
    });
  }

  protected async signOut(): Promise<void> {
    this.failedToLeave.set(false);
    try {
      await this.session.signOut();
    } catch {
      this.failedToLeave.set(true);
    }
  }
}

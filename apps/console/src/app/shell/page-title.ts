import { Injectable, inject, signal } from '@angular/core';
import { Title } from '@angular/platform-browser';
import { type RouterStateSnapshot, TitleStrategy } from '@angular/router';

/** The window's title: the page, and in front of it how much is held, so that a tab in the background tells too. */
@Injectable({ providedIn: 'root' })
export class PageTitle extends TitleStrategy {
  private readonly title = inject(Title);
  readonly page = signal('');

  override updateTitle(snapshot: RouterStateSnapshot): void {
    this.page.set(this.buildTitle(snapshot) ?? '');
    this.say(0);
  }

  say(held: number): void {
    this.title.setTitle(`${held > 0 ? `(${held} held) ` : ''}${this.page()} · Holdfast`);
  }
}

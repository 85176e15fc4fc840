import { type EnvironmentProviders, inject, provideEnvironmentInitializer } from '@angular/core';
import { MatIconRegistry } from '@angular/material/icon';
import { DomSanitizer } from '@angular/platform-browser';
import activity from 'lucide-static/icons/activity.svg';
import bell from 'lucide-static/icons/bell.svg';
import check from 'lucide-static/icons/check.svg';
import chevron from 'lucide-static/icons/chevron-right.svg';
import globe from 'lucide-static/icons/globe.svg';
import house from 'lucide-static/icons/anchor.svg';
import keyboard from 'lucide-static/icons/keyboard.svg';
import key from 'lucide-static/icons/key-round.svg';
import leave from 'lucide-static/icons/log-out.svg';
import mail from 'lucide-static/icons/mail.svg';
import moon from 'lucide-static/icons/moon.svg';
import pause from 'lucide-static/icons/pause.svg';
import person from 'lucide-static/icons/circle-user-round.svg';
import plus from 'lucide-static/icons/plus.svg';
import release from 'lucide-static/icons/mail-check.svg';
import retry from 'lucide-static/icons/refresh-cw.svg';
import shield from 'lucide-static/icons/shield.svg';
import sun from 'lucide-static/icons/sun.svg';
import system from 'lucide-static/icons/monitor.svg';
import trash from 'lucide-static/icons/trash-2.svg';
import close from 'lucide-static/icons/x.svg';

/** The icons we use, one set (Lucide), compiled in: no request for a picture, no other origin. */
const icons = {
  activity,
  bell,
  check,
  chevron,
  close,
  globe,
  house,
  key,
  keyboard,
  leave,
  mail,
  moon,
  pause,
  person,
  plus,
  release,
  retry,
  shield,
  sun,
  system,
  trash,
};

export type IconName = keyof typeof icons;

/** Registers the icons with Material. */
export function provideIcons(): EnvironmentProviders {
  return provideEnvironmentInitializer(() => {
    const registry = inject(MatIconRegistry);
    const sanitizer = inject(DomSanitizer);
    // Trusted because these texts are compiled in from a pinned package; nothing of them comes from a user or the network.
    for (const [name, svg] of Object.entries(icons))
      registry.addSvgIconLiteral(name, sanitizer.bypassSecurityTrustHtml(svg));
  });
}

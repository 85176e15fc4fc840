import type { Routes } from '@angular/router';
import { signedIn } from './http/session';

/** Where everything is. Each page is loaded when it is first asked for. */
export const routes: Routes = [
  {
    path: 'sign-in',
    title: 'Sign in',
    loadComponent: async () => (await import('./sign-in/sign-in')).SignIn,
  },
  {
    path: '',
    canMatch: [signedIn],
    loadComponent: async () => (await import('./shell/shell')).Shell,
    children: [
      {
        path: '',
        pathMatch: 'full',
        title: 'Overview',
        loadComponent: async () => (await import('./overview/overview')).Overview,
      },
      {
        path: 'domains',
        title: 'Domains',
        loadComponent: async () => (await import('./domains/domain-list')).DomainList,
      },
      {
        path: 'domains/add',
        title: 'Add a domain',
        loadComponent: async () => (await import('./domains/add-domain')).AddDomain,
      },
      {
        path: 'domains/:name',
        title: 'Domain',
        loadComponent: async () => (await import('./domains/domain-page')).DomainPage,
      },
      {
        path: 'filter',
        title: 'Filter',
        loadComponent: async () => (await import('./filters/filter-page')).FilterPage,
      },
      {
        path: 'messages',
        title: 'Messages',
        loadComponent: async () => (await import('./messages/message-list')).MessageList,
      },
      {
        path: 'outages',
        title: 'Outages',
        loadComponent: async () => (await import('./outages/outage-list')).OutageList,
      },
      {
        path: 'notifications',
        title: 'Notifications',
        loadComponent: async () => (await import('./notifications/notification-list')).NotificationList,
      },
      {
        path: 'password',
        title: 'Choose a password',
        loadComponent: async () => (await import('./sign-in/choose-password')).ChoosePassword,
      },
      {
        path: '**',
        title: 'Not found',
        loadComponent: async () => (await import('./shell/not-found')).NotFound,
      },
    ],
  },
];

import { filtersFrom, paramsOf, queryOf } from './filters';

describe('filters and the address', () => {
  test.each([
    ['nothing', {}, { domain: undefined, state: undefined }],
    ['a state', { state: 'held' }, { domain: undefined, state: 'held' }],
    ['a state that does not exist', { state: 'lost' }, { domain: undefined, state: undefined }],
    [
      'a domain, however it is typed',
      { domain: ' Example.ORG ' },
      { domain: 'example.org', state: undefined },
    ],
    ['an empty domain', { domain: '' }, { domain: undefined, state: undefined }],
    [
      'both',
      { domain: 'example.org', state: 'quarantined' },
      { domain: 'example.org', state: 'quarantined' },
    ],
  ] as const)('%s', (_name, query, filters) => {
    expect(filtersFrom(query)).toEqual(filters);
  });

  test('what is written to the address is read back the same, and what is not filtered leaves it', () => {
    const filters = { domain: 'example.org', state: 'refused' } as const;
    const { domain, state } = queryOf(filters);
    expect(filtersFrom({ domain: domain ?? undefined, state: state ?? undefined })).toEqual(filters);
    expect(queryOf({ domain: undefined, state: undefined })).toEqual({ domain: null, state: null });
  });

  test('the api is asked for what is filtered and for nothing else', () => {
    expect(paramsOf({ domain: undefined, state: 'held' })).toEqual({ limit: '50', state: 'held' });
  });
});

/**
 * The primaries of a domain as `Primary[]`, most preferred first, as an expression for a query; null when there is none.
 * @param domain alias of a row of `domains`
 * @param which leaves out those for which this condition about `p` is not true
 */
export const primariesOf = (domain: string, which = 'true'): string => `(
  select jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
    'host', p.host, 'port', p.port, 'tlsPolicy', p.tls_policy, 'preference', p.preference,
    'byMx', nullif(p.by_mx, false), 'pins', case when cardinality(p.pins) > 0 then to_jsonb(p.pins) end,
    'policyDomain', case when p.tls_policy = 'mta-sts' then ${domain}.name end,
    'tellsClient', nullif(p.tells_client, 'none'), 'loginId', case when p.login is not null then p.id end))
    order by p.preference, p.host, p.port)
  from primaries p where p.domain_id = ${domain}.id and ${which})`;

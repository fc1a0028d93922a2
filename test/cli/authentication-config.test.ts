import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { authenticationConfig } from '../../src/cli/envtest/authentication-config.js'
import type { OidcOptions } from '../../src/apiserver/authentication/oidc-tokens.js'

const folder = mkdtempSync(join(tmpdir(), 'simcluster-authentication-'))
const path = join(folder, 'config.yaml')
afterAll(() => rmSync(folder, { recursive: true }))

const HEAD = 'apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\n'

function read(text: string, more: Readonly<Record<string, string>> = {}) {
  writeFileSync(path, text)
  const given = Object.entries({ 'authentication-config': path, ...more })
  const flags = new Map(given.map(([name, value]) => [name, [value]]))
  return authenticationConfig(flags, () => undefined, ['https://kubernetes'])
}

const issuer = '{url: "https://id", audiences: [a]}'
const jwt = (more: string): string => `${HEAD}jwt:\n- issuer: ${issuer}\n${more}`
/** The user or the fault of claims. */
function userOf(more: string, claims: object): unknown {
  const [only] = read(jwt(more)).oidc as readonly OidcOptions[]
  return only?.userOf?.(claims as Readonly<Record<string, unknown>>)
}

describe('the file of --authentication-config', () => {
  test('maps claims with prefixes, and wants others', () => {
    const mappings = `
  claimValidationRules: [{claim: hd, requiredValue: x}]
  claimMappings:
    username: {claim: sub, prefix: "id:"}
    groups: {claim: groups, prefix: ""}
    uid: {claim: id}`
    expect(userOf(mappings, { sub: 'jane', groups: ['a'], id: '7', hd: 'x' })).toEqual({
      user: { name: 'id:jane', groups: ['a'], uid: '7' },
    })
    expect(userOf(mappings, { sub: 'jane', id: '7' })).toEqual({
      fault: 'oidc: required claim hd not present in ID token',
    })
  })

  test('maps claims by expressions, and checks claims and user', () => {
    const mappings = `
  claimValidationRules: [{expression: 'claims.exp - claims.nbf <= 3600', message: too long}]
  claimMappings:
    username: {expression: 'claims.name.lowerAscii() + ":" + claims.tenant'}
    groups: {expression: 'claims.roles.split(",")'}
    extra: [{key: example.org/tenant, valueExpression: claims.tenant}]
  userValidationRules: [{expression: "!user.username.startsWith('system:')", message: reserved}]`
    const claims = { name: 'Jane', tenant: 't', roles: 'a,b', exp: 3600, nbf: 0 }
    expect(userOf(mappings, claims)).toEqual({
      user: { name: 'jane:t', groups: ['a', 'b'], extra: { 'example.org/tenant': ['t'] } },
    })
    expect(userOf(mappings, { ...claims, exp: 3601 })).toEqual({
      fault:
        'oidc: error evaluating claim validation expression: validation expression ' +
        "'claims.exp - claims.nbf <= 3600' failed: too long",
    })
    expect(userOf(mappings, { ...claims, name: 'system' })).toMatchObject({
      fault: expect.stringContaining('failed: reserved'),
    })
    expect(userOf(mappings, { ...claims, tenant: 7 })).toMatchObject({
      fault: expect.stringContaining('oidc: error evaluating username claim expression'),
    })
  })

  test('says whether anybody may be anonymous', () => {
    expect(read(`${HEAD}anonymous: {enabled: false}`)).toEqual({ oidc: [], anonymous: false })
    expect(() => read(`${HEAD}anonymous: {enabled: true}`, { 'anonymous-auth': 'true' })).toThrow(
      '--anonymous-auth flag cannot be set',
    )
  })

  test.each([
    ['apiVersion: v1\nkind: Config', 'no kind \\"Config\\" is registered for version \\"v1\\"'],
    [`${HEAD}jwt: [{issuers: {}}]`, 'strict decoding error: unknown field \\"jwt[0].issuers\\"'],
    [
      `${HEAD}jwt: [{issuer: {url: [a]}}]`,
      'json: cannot unmarshal array into Go struct field Issuer.jwt.issuer.url of type string',
    ],
    [`${HEAD}jwt: [{issuer: {url: "http://x", audiences: [a]}}]`, 'URL scheme must be https'],
    [`${HEAD}jwt: [{issuer: {url: "https://kubernetes", audiences: [a]}}]`, 'disallowed issuers'],
    [`${HEAD}jwt: [{issuer: {url: "https://x", audiences: [a, b]}}]`, 'must be MatchAny for multiple'],
    [jwt('  claimMappings: {}'), 'claimMappings.username: Required value: claim or expression is required'],
    [jwt('  claimMappings: {username: {claim: sub}}'), 'prefix is required when claim is set'],
    [jwt('  claimMappings: {username: {expression: claims.}}'), 'compilation failed'],
    [jwt('  claimMappings: {username: {expression: claims.email}}'), 'claims.email_verified must be used'],
    [jwt('  userValidationRules: [{expression: user.username}]'), 'must evaluate to bool'],
    [`${HEAD}anonymous: {enabled: true, conditions: [{path: /livez}]}`, 'conditions is not simulated'],
    [
      `${HEAD}jwt: [{issuer: {url: "https://x", audiences: [a], egressSelectorType: cluster}}]`,
      'jwt[0].issuer.egressSelectorType is not simulated',
    ],
  ])('%j is refused: %s', (text, message) => {
    expect(() => read(text)).toThrow(message)
  })

  test('excludes --oidc-*', () => {
    expect(() => read(HEAD, { 'oidc-issuer-url': 'https://x' })).toThrow('mutually exclusive')
  })
})

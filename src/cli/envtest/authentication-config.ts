import { quote } from '../../lang/go/quote.js'
import { aggregateText, duplicate, type FieldError, invalid, required } from '../../api/field-error.js'
import { decode } from '../../api/schema/decode.js'
import { DecodeError } from '../../lang/json/decode-error.js'
import { boolean, defineGroup, list, message, pointer, ref, string } from '../../api/schema/dsl.js'
import { parseYamlText } from '../../lang/yaml/read.js'
import { claimedUser } from '../../apiserver/authentication/claimed-user.js'
import { compileAuthenticator, type JwtAuthenticator } from '../../apiserver/authentication/configuration.js'
import type { OidcOptions } from '../../apiserver/authentication/oidc-tokens.js'
import type { AuthenticationOptions } from '../../cluster/access/access.js'
import { IssuerKeys, SIGNING_ALGORITHMS } from '../../server/credentials/issuer-keys.js'
import { commandFailed, fileOf, flagOf, type ProgramFlags } from './program.js'

/** The fields of the file. Source: apiserver.config.k8s.io/v1. */
const fields = defineGroup('io.k8s.apiserver.pkg.apis.apiserver.v1', 'v1', [], {
  AuthenticationConfiguration: () =>
    message({
      apiVersion: string,
      kind: string,
      jwt: list(ref('JWTAuthenticator')),
      anonymous: ref('AnonymousAuthConfig'),
    }),
  JWTAuthenticator: () =>
    message({
      issuer: ref('Issuer'),
      claimValidationRules: list(ref('ClaimValidationRule')),
      claimMappings: ref('ClaimMappings'),
      userValidationRules: list(ref('UserValidationRule')),
    }),
  Issuer: () =>
    message({
      url: string,
      discoveryURL: string,
      certificateAuthority: string,
      audiences: list(string),
      audienceMatchPolicy: string,
      egressSelectorType: string,
    }),
  ClaimValidationRule: () =>
    message({ claim: string, requiredValue: string, expression: string, message: string }),
  ClaimMappings: () =>
    message({
      username: ref('PrefixedClaimOrExpression'),
      groups: ref('PrefixedClaimOrExpression'),
      uid: ref('ClaimOrExpression'),
      extra: list(ref('ExtraMapping')),
    }),
  PrefixedClaimOrExpression: () => message({ claim: string, prefix: pointer(string), expression: string }),
  ClaimOrExpression: () => message({ claim: string, expression: string }),
  ExtraMapping: () => message({ key: string, valueExpression: string }),
  UserValidationRule: () => message({ expression: string, message: string }),
  AnonymousAuthConfig: () => message({ enabled: boolean, conditions: list(ref('AnonymousAuthCondition')) }),
  AnonymousAuthCondition: () => message({ path: string }),
})

interface Configuration {
  readonly apiVersion?: string
  readonly kind?: string
  readonly jwt?: readonly JwtAuthenticator[]
  readonly anonymous?: { readonly enabled?: boolean; readonly conditions?: readonly unknown[] }
}

const FLAG = 'authentication-config'
const VERSIONS = ['v1', 'v1beta1', 'v1alpha1'].map((version) => `apiserver.config.k8s.io/${version}`)

/**
 * Returns what the file of `--authentication-config` says; nothing without the flag. Tokens' issuers may not
 * be those of service accounts. Source: pkg/kubeapiserver/options/authentication.go.
 * @throws FlagError for what is wrong, and for what is not simulated
 */
export function authenticationConfig(
  flags: ProgramFlags,
  note: (line: string) => void,
  disallowed: readonly string[] = [],
): Pick<AuthenticationOptions, 'oidc' | 'anonymous'> {
  const text = fileOf(flags, FLAG)
  if (text === undefined) return {}
  if ([...flags.keys()].some((name) => name.startsWith('oidc-')))
    throw commandFailed('authentication-config file and oidc-* flags are mutually exclusive')
  const { jwt = [], anonymous } = read(text, flagOf(flags, FLAG) ?? '')
  if (anonymous !== undefined && flags.has('anonymous-auth'))
    throw commandFailed(
      '--anonymous-auth flag cannot be set when anonymous field is configured in authentication ' +
        'configuration file',
    )
  if ((anonymous?.conditions ?? []).length > 0) throw notSimulated('anonymous.conditions')
  const faults: FieldError[] = []
  const urls = jwt.map(({ issuer }) => issuer?.url)
  const oidc = jwt.map((each, at) => {
    if (urls.indexOf(each.issuer?.url) < at) faults.push(duplicate(`jwt[${at}].issuer.url`, each.issuer?.url))
    return authenticatorOf(each, `jwt[${at}]`, { faults, disallowed, note })
  })
  if (faults.length > 0) throw commandFailed(aggregateText(faults))
  return { oidc, ...(anonymous === undefined ? {} : { anonymous: anonymous.enabled ?? false }) }
}

const notSimulated = (field: string): Error =>
  commandFailed(`authentication-config: ${field} is not simulated`)

function read(text: string, path: string): Configuration {
  const refuse = (why: string): Error =>
    commandFailed(`failed to load authentication configuration from file ${quote(path)}: ${why}`)
  const file = parseYamlText(text) as Configuration | null
  const { apiVersion = '', kind = '' } = file ?? {}
  if (kind !== 'AuthenticationConfiguration' || !VERSIONS.includes(apiVersion))
    throw refuse(`no kind ${quote(kind)} is registered for version ${quote(apiVersion)}`)
  const unknown = (field: string): string => `unknown field ${quote(field)}`
  try {
    const { object, unknownFields } = decode<Configuration>(fields.message(kind), file)
    if (unknownFields.length === 0) return object
    throw new DecodeError(`strict decoding error: ${unknownFields.map(unknown).join(', ')}`)
  } catch (error) {
    throw error instanceof DecodeError ? refuse(error.message) : error
  }
}

function authenticatorOf(
  jwt: JwtAuthenticator,
  path: string,
  {
    faults,
    disallowed,
    note,
  }: {
    readonly faults: FieldError[]
    readonly disallowed: readonly string[]
    readonly note: (line: string) => void
  },
): OidcOptions {
  const { url = '', audiences = [], discoveryURL = '', certificateAuthority: ca = '' } = jwt.issuer ?? {}
  if (jwt.issuer?.egressSelectorType !== undefined) throw notSimulated(`${path}.issuer.egressSelectorType`)
  faults.push(...issuerFaults(jwt, `${path}.issuer`, disallowed))
  const rules = compileAuthenticator(jwt, path, faults)
  const keys = new IssuerKeys({
    issuer: url,
    algorithms: SIGNING_ALGORITHMS,
    ...(discoveryURL === '' ? {} : { discoveryURL }),
    ...(ca === '' ? {} : { ca }),
    onError: (error) => note(`simcluster kube-apiserver: ${String(error)}\n`),
  })
  return {
    issuer: url,
    clientID: audiences,
    verify: keys.verify,
    userOf: (claims) => claimedUser(claims, rules),
  }
}

/** Source: apiserver pkg/apis/apiserver/validation/validation.go validateIssuer. */
function* issuerFaults(
  { issuer = {} }: JwtAuthenticator,
  path: string,
  disallowed: readonly string[],
): Generator<FieldError> {
  const { url = '', discoveryURL = '', audiences = [], audienceMatchPolicy = '' } = issuer
  const at = (field: string): string => `${path}.${field}`
  if (url === '') yield required(at('url'))
  else {
    if (disallowed.includes(url))
      yield invalid(at('url'), url, `URL must not overlap with disallowed issuers: [${disallowed.join(' ')}]`)
    for (const why of urlFaults(url)) yield invalid(at('url'), url, why)
  }
  if (discoveryURL !== '') {
    if (withoutSlash(discoveryURL) === withoutSlash(url))
      yield invalid(at('discoveryURL'), discoveryURL, 'discoveryURL must be different from URL')
    for (const why of urlFaults(discoveryURL)) yield invalid(at('discoveryURL'), discoveryURL, why)
  }
  if (audiences.length === 0) yield required(at('audiences'), `at least one ${at('audiences')} is required`)
  if (audiences.length > 1 && audienceMatchPolicy !== 'MatchAny')
    yield invalid(
      at('audienceMatchPolicy'),
      audienceMatchPolicy,
      'audienceMatchPolicy must be MatchAny for multiple audiences',
    )
  if (audiences.length === 1 && audienceMatchPolicy !== '' && audienceMatchPolicy !== 'MatchAny')
    yield invalid(
      at('audienceMatchPolicy'),
      audienceMatchPolicy,
      'audienceMatchPolicy must be empty or MatchAny for single audience',
    )
  const { certificateAuthority = '' } = issuer
  if (certificateAuthority !== '' && !certificateAuthority.includes('BEGIN CERTIFICATE'))
    yield invalid(
      at('certificateAuthority'),
      '<omitted>',
      'data does not contain any valid RSA or ECDSA certificates',
    )
}

const withoutSlash = (url: string): string => url.replace(/(?<!\/)\/+$/, '')

function urlFaults(text: string): readonly string[] {
  if (!URL.canParse(text)) return ['URL cannot be parsed']
  const { protocol, username, password, search, hash } = new URL(text)
  return [
    ...(protocol === 'https:' ? [] : ['URL scheme must be https']),
    ...(username === '' && password === '' ? [] : ['URL must not contain a username or password']),
    ...(search === '' ? [] : ['URL must not contain a query']),
    ...(hash === '' ? [] : ['URL must not contain a fragment']),
  ]
}

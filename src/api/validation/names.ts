import { quote } from '../../lang/go/quote.js'
/**
 * Name rules and their texts. Sources: k8s.io/apimachinery/pkg/util/validation/validation.go and
 * pkg/api/validation/generic.go. Each check returns the faults of a name, an empty list if it is valid.
 */

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?'
const qualified = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const subdomain = `${label}(\\.${label})*`

/**
 * `<rule> (e.g. 'a', or 'b', regex used for validation is '<pattern>')`: validation.RegexError, including its
 * double spaces.
 */
function rule(text: string, pattern: string, ...examples: readonly string[]): string {
  return `${text} (e.g. ${formatList(examples)}, regex used for validation is '${pattern}')`
}

const dash = "alphanumeric characters or '-'"
const ends = 'must start and end with an alphanumeric character'
const labelText = rule(
  `a lowercase RFC 1123 label must consist of lower case ${dash}, and ${ends}`,
  label,
  'my-name',
  '123-abc',
)
const subdomainText = rule(
  `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and ` +
    `${ends}`,
  subdomain,
  'example.com',
)
const label1035Text = rule(
  `a DNS-1035 label must consist of lower case ${dash}, start with an alphabetic character, and end ` +
    'with an alphanumeric character',
  label1035,
  'my-name',
  'abc-123',
)
const qualifiedRule = `must consist of alphanumeric characters, '-', '_' or '.', and ${ends}`
const qualifiedText = rule(qualifiedRule, qualified, 'MyName', 'my.name', '123-abc')
const labelValueText = rule(
  `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and ${ends}`,
  `(${qualified})?`,
  'MyValue',
  'my_value',
  '12345',
)
const configKeyText = rule(
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  '[-._a-zA-Z0-9]+',
  'key.name',
  'KEY_NAME',
  'key-name',
)

const cIdentifierText = rule(
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric " +
    "characters or '_'",
  '[A-Za-z_][A-Za-z0-9_]*',
  'my_name',
  'MY_NAME',
  'MyName',
)

const labelPattern = new RegExp(`^${label}$`)
const subdomainPattern = new RegExp(`^${subdomain}$`)
const label1035Pattern = new RegExp(`^${label1035}$`)
const qualifiedPattern = new RegExp(`^${qualified}$`)

const tooLongText = (limit: number): string => `must be no more than ${limit} characters`

function check(name: string, limit: number, pattern: RegExp, text: string): readonly string[] {
  const isLong = name.length > limit
  if (pattern.test(name)) return isLong ? [tooLongText(limit)] : []
  return isLong ? [tooLongText(limit), text] : [text]
}

/** A DNS-1123 label: namespaces, containers, volumes, hostnames. */
export const dnsLabelFaults = (name: string): readonly string[] =>
  check(name, 63, labelPattern, subdomainPattern.test(name) ? 'must not contain dots' : labelText)

/** A DNS-1123 subdomain: most object names. */
export const dnsSubdomainFaults = (name: string): readonly string[] =>
  check(name, 253, subdomainPattern, subdomainText)

const underscored = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?'
const underscoredSubdomain = `${underscored}(\\.${underscored})*`
const underscoredPattern = new RegExp(`^${underscoredSubdomain}$`)
const underscoredText = rule(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and " +
    ends,
  underscoredSubdomain,
  'example.com',
)

/** A DNS-1123 subdomain that may have underscores: search domains. */
export const underscoreSubdomainFaults = (name: string): readonly string[] =>
  check(name, 253, underscoredPattern, underscoredText)

/** A DNS-1035 label: services. */
export const dns1035LabelFaults = (name: string): readonly string[] =>
  check(name, 63, label1035Pattern, label1035Text)

/**
 * Replaces a trailing dash of generateName, which the suffix will follow, by a letter
 * (validation.maskTrailingDash).
 */
function maskTrailingDash(name: string): string {
  return name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name
}

type NameCheck = (name: string, prefix: boolean) => readonly string[]

/** `KindDefinition.validateName` for kinds named by subdomains (the default). */
export const subdomainName: NameCheck = (name, prefix) =>
  dnsSubdomainFaults(prefix ? maskTrailingDash(name) : name)
/** `KindDefinition.validateName` for kinds named by labels. */
export const labelName: NameCheck = (name, prefix) => dnsLabelFaults(prefix ? maskTrailingDash(name) : name)
/** `KindDefinition.validateName` of services. */
export const label1035Name: NameCheck = (name, prefix) =>
  dns1035LabelFaults(prefix ? maskTrailingDash(name) : name)
/** `KindDefinition.validateName` of the RBAC kinds: any valid path segment. */
export const pathSegmentName: NameCheck = (name, prefix) => pathSegmentFaults(name, prefix)

/** Checks a URL path segment. Source: k8s.io/apimachinery/pkg/api/validation/path. */
export function pathSegmentFaults(name: string, prefix = false): readonly string[] {
  if (!prefix && (name === '.' || name === '..')) return [`may not be '${name}'`]
  return ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`)
}

/** Returns why client-go sends no request for an object of this name, if so. Source: rest Request.Name. */
export function requestNameFault(name: string): string | undefined {
  if (name === '') return 'resource name may not be empty'
  const faults = pathSegmentFaults(name)
  return faults.length === 0 ? undefined : `invalid resource name ${quote(name)}: [${faults.join(' ')}]`
}

/** Returns why client-go sends no request into such a namespace, if so. Source: rest Request.Namespace. */
export function requestNamespaceFault(namespace: string): string | undefined {
  const faults = pathSegmentFaults(namespace)
  return faults.length === 0 ? undefined : `invalid namespace ${quote(namespace)}: [${faults.join(' ')}]`
}

/**
 * Returns why a storage does not look for a name, or undefined. Source: apiserver
 * registry/generic/registry/store.go NamespaceKeyFunc.
 */
export function registryNameFault(name: string): string | undefined {
  if (name === '') return 'Name parameter required.'
  const faults = pathSegmentFaults(name)
  return faults.length === 0 ? undefined : `Name parameter invalid: ${quote(name)}: ${faults.join(';')}`
}

/** A key of a label, taint and so on: `[prefix/]name`. */
export function qualifiedNameFaults(value: string): readonly string[] {
  const parts = value.split('/')
  if (parts.length > 2) {
    return [
      `a qualified name ${qualifiedText} with an optional DNS subdomain prefix and '/' (e.g. ` +
        `'example.com/MyName')`,
    ]
  }
  const [prefix, name] = parts.length === 2 ? [parts[0] ?? '', parts[1] ?? ''] : [undefined, parts[0] ?? '']
  const faults: string[] = []
  if (prefix === '') faults.push('prefix part must be non-empty')
  else if (prefix !== undefined)
    faults.push(...dnsSubdomainFaults(prefix).map((fault) => `prefix part ${fault}`))
  if (name === '') faults.push('name part must be non-empty')
  else if (name.length > 63) faults.push(`name part ${tooLongText(63)}`)
  if (!qualifiedPattern.test(name)) faults.push(`name part ${qualifiedText}`)
  return faults
}

/** A label value: empty, or a name of at most 63 characters. */
export function labelValueFaults(value: string): readonly string[] {
  if (value === '') return []
  return check(value, 63, qualifiedPattern, labelValueText)
}

/** A key of a ConfigMap or Secret. */
export function configKeyFaults(key: string): readonly string[] {
  const faults: string[] = []
  if (key.length > 253) faults.push(tooLongText(253))
  if (!/^[-._a-zA-Z0-9]+$/.test(key)) faults.push(configKeyText)
  if (key === '.') faults.push("must not be '.'")
  else if (key === '..') faults.push("must not be '..'")
  else if (key.startsWith('..')) faults.push("must not start with '..'")
  return faults
}

/** An environment variable's name (relaxed since 1.32: any printable ASCII but `=`). */
export function envNameFaults(name: string): readonly string[] {
  if (name === '') return ['environment variable name must be non-empty']
  return /^[ -<>-~]+$/.test(name)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"]
}

/** An identifier of the language C. */
export const cIdentifierFaults = (name: string): readonly string[] =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? [] : [cIdentifierText]

/** A port name: IANA_SVC_NAME. */
export function portNameFaults(name: string): readonly string[] {
  const faults: string[] = []
  if (name.length > 15) faults.push(tooLongText(15))
  if (!/^[-a-z0-9]+$/.test(name))
    faults.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  if (!/[a-z]/.test(name)) faults.push('must contain at least one letter (a-z)')
  if (name.includes('--')) faults.push('must not contain consecutive hyphens')
  if (name.startsWith('-') || name.endsWith('-')) faults.push('must not begin or end with a hyphen')
  return faults
}

/** A port number. */
export function portNumberFaults(port: number): readonly string[] {
  return port >= 1 && port <= 65535 ? [] : ['must be between 1 and 65535, inclusive']
}

/**
 * The alphabet of generated suffixes: no vowels, no 0, 1 and 3. Source: k8s.io/apimachinery/pkg/util/rand.
 */
export const suffixAlphabet = 'bcdfghjklmnpqrstvwxz2456789'
/** Length of a generated suffix. */
const suffixLength = 5
const maxGeneratedBase = 63 - suffixLength

/**
 * Returns a generated name. `draw(n)` must return a random integer in [0, n). The base is cut to 58
 * characters.
 */
export function generateName(base: string, draw: (limit: number) => number): string {
  let name = base.slice(0, maxGeneratedBase)
  for (let at = 0; at < suffixLength; at++) name += suffixAlphabet[draw(suffixAlphabet.length)] ?? ''
  return name
}

/** Joins examples as validation texts do, with double spaces: `'a',  or 'b',  or 'c'`. */
export function formatList(examples: readonly string[]): string {
  return examples.map((example) => `'${example}'`).join(',  or ')
}

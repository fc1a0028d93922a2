import { quote } from '../../lang/go/quote.js'
import type { RequestHeaderOptions } from '../../apiserver/authentication/request-header.js'
import { commandFailed, fileOf, listOf, type ProgramFlags } from './program.js'

/** The flag of each list of headers. */
const LISTS = {
  usernameHeaders: 'requestheader-username-headers',
  uidHeaders: 'requestheader-uid-headers',
  groupHeaders: 'requestheader-group-headers',
  extraHeaderPrefixes: 'requestheader-extra-headers-prefix',
} as const

/**
 * Returns the front proxies that `--requestheader-*` describe; false without their authority. Source:
 * apiserver pkg/server/options/authentication.go RequestHeaderAuthenticationOptions.
 * @throws FlagError for a header that is empty, and for a file that cannot be read
 */
export function requestHeaderOf(flags: ProgramFlags): RequestHeaderOptions | false {
  const headers = Object.fromEntries(
    Object.entries(LISTS).map(([option, flag]) => [option, namesOf(flags, flag)] as const),
  )
  const clientCA = fileOf(flags, 'requestheader-client-ca-file')
  if (clientCA === undefined) return false
  return { ...headers, allowedNames: listOf(flags, 'requestheader-allowed-names'), clientCA }
}

function namesOf(flags: ProgramFlags, flag: string): readonly string[] {
  const names = (flags.get(flag) ?? []).flatMap((value) => value.split(','))
  const empty = names.find((name) => name.trim() === '')
  if (empty !== undefined && names.length > 1) throw commandFailed(`empty value in ${quote(flag)}`)
  return names.map((name) => name.trim()).filter((name) => name !== '')
}

import { InputError } from '../../lang/input-error.js'
import type { UserInfo } from '../../client/client.js'
import type { TokenAuthenticator } from './authenticator.js'

/**
 * Parses a token file: lines `token,user,uid,"group1,group2"`. Lines without a token are skipped; of two
 * lines with the same token the later one wins. Source: apiserver pkg/authentication/token/tokenfile.NewCSV.
 * @throws InputError with its text.
 */
export function parseTokenFile(text: string, path: string): readonly StaticUser[] {
  const users = new Map<string, StaticUser>()
  for (const record of records(text)) {
    if (record.length < 3) throw tooFew(path, record.length)
    const [token = '', name = '', uid = '', groups = ''] = record
    if (token === '') continue
    users.set(token, {
      token,
      name,
      ...(uid === '' ? {} : { uid }),
      ...(groups === '' ? {} : { groups: groups.split(',') }),
    })
  }
  return [...users.values()]
}

const tooFew = (path: string, found: number): InputError =>
  new InputError(
    `token file '${path}' must have at least 3 columns (token, user name, user uid), found ${found}`,
  )

/**
 * Parses CSV as Go's encoding/csv: quoted fields may hold commas, line ends and doubled quotes; empty lines
 * are skipped.
 */
function records(text: string): readonly (readonly string[])[] {
  const found: string[][] = []
  let fields: string[] = []
  let at = 0
  while (at < text.length) {
    const quoted = /"((?:[^"]|"")*)"(,|\r?\n|$)/y
    const plain = /([^,\n]*?)(,|\r?\n|$)/y
    quoted.lastIndex = plain.lastIndex = at
    const match = (text[at] === '"' ? quoted : plain).exec(text)
    if (match === null)
      throw new InputError(
        `parse error on line ${text.slice(0, at).split('\n').length}: bare " in non-quoted field`,
      )
    const [whole, value = '', end] = match
    at += whole.length
    if (end !== ',' && fields.length === 0 && value === '' && text[at - whole.length] !== '"') continue
    fields.push(text[at - whole.length] === '"' ? value.replaceAll('""', '"') : value)
    if (end === ',' && at < text.length) continue
    if (end === ',') fields.push('')
    found.push(fields)
    fields = []
  }
  return found
}

/** One line of a static token file. */
export interface StaticUser extends UserInfo {
  readonly token: string
}

/**
 * Authenticates users by fixed tokens (`--token-auth-file`). `users` must return the same array as long as
 * the users are the same. Source: apiserver pkg/authentication/token/tokenfile.
 */
export function staticTokens(users: () => readonly StaticUser[]): TokenAuthenticator {
  let known: readonly StaticUser[] = []
  let byToken = new Map<string, UserInfo>()
  return {
    authenticateToken: (token) => {
      const now = users()
      if (now !== known) [known, byToken] = [now, new Map(now.map(({ token: key, ...user }) => [key, user]))]
      const user = byToken.get(token)
      return user === undefined ? undefined : { user }
    },
  }
}

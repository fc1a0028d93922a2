import type { ImageFacts } from '../images/image-table.js'

/** An image's user and its files. */
export type ImageAccounts = Pick<ImageFacts, 'user' | 'files'>

/** Uid of users that an image names without a number; nginx has this one. */
const NAMED_USER = 101
const NOBODY = 65_534

const fileOfImage = ({ files = {} }: ImageAccounts, path: string): string | undefined =>
  files[path] ?? files[path.slice(1)]

/** Splits the user of an image into `name or number` and `group`. */
export function imageUser({ user = '' }: ImageAccounts): { readonly user: string; readonly group: string } {
  const [name = '', group = ''] = user.split(':')
  return { user: name, group }
}

/** Text of /etc/passwd in an image: its own file, or the usual users and the image's own. */
export function passwdText(image: ImageAccounts): string {
  const own = fileOfImage(image, '/etc/passwd')
  if (own !== undefined) return own
  const { user } = imageUser(image)
  const line = isOwnName(user) ? [`${user}:x:${NAMED_USER}:${NAMED_USER}::/home/${user}:/bin/sh`] : []
  return [
    'root:x:0:0:root:/root:/bin/sh',
    'daemon:x:1:1:daemon:/usr/sbin:/bin/false',
    ...line,
    `nobody:x:${NOBODY}:${NOBODY}:nobody:/home:/bin/false`,
  ]
    .map((each) => `${each}\n`)
    .join('')
}

/** Text of /etc/group in an image, made likewise. */
export function groupText(image: ImageAccounts): string {
  const own = fileOfImage(image, '/etc/group')
  if (own !== undefined) return own
  const { user } = imageUser(image)
  return `root:x:0:\ndaemon:x:1:\n${isOwnName(user) ? `${user}:x:${NAMED_USER}:\n` : ''}nobody:x:${NOBODY}:\n`
}

const isOwnName = (user: string): boolean =>
  user !== '' && user !== 'root' && user !== 'daemon' && user !== 'nobody' && !/^\d+$/.test(user)

/** A user of /etc/passwd. */
export interface PasswdEntry {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** Finds a user by name or number; undefined if there is none. */
export function accountOf(image: ImageAccounts, user: string | number): PasswdEntry | undefined {
  for (const [name = '', , uid, gid] of fieldsOf(passwdText(image))) {
    if (typeof user === 'number' ? uid === String(user) : name === user)
      return { name, uid: Number(uid), gid: Number(gid) }
  }
  return undefined
}

/** Finds the number of a group; undefined if there is none. */
export function groupId(image: ImageAccounts, group: string): number | undefined {
  const found = fieldsOf(groupText(image)).find(([name]) => name === group)
  return found === undefined ? undefined : Number(found[2])
}

/** The groups in /etc/group with the user as member. */
export function groupsWith(image: ImageAccounts, user: string): readonly number[] {
  return fieldsOf(groupText(image))
    .filter(([, , , members = '']) => members.split(',').includes(user))
    .map(([, , id]) => Number(id))
}

const fieldsOf = (text: string): readonly (readonly string[])[] =>
  text
    .split('\n')
    .map((line) => line.split(':'))
    .filter(({ length }) => length > 2)

import type { FileContent, FsStat, IFileSystem } from 'just-bash'
import { FileFault } from '../../shell/files/file-system.js'
import { absolutePath } from '../../shell/files/tree.js'
import type { Content } from '../../lang/bytes/content.js'
import { bytesOfContent, contentOf, joinContent, sizeOf } from '../../lang/bytes/content.js'
import type { HostFiles } from './host-files.js'

/** libc's messages with Node's names, by which just-bash recognizes them. */
const CODES: Readonly<Record<string, string>> = {
  'No such file or directory': 'ENOENT',
  'Is a directory': 'EISDIR',
  'Not a directory': 'ENOTDIR',
  'File exists': 'EEXIST',
  'Permission denied': 'EACCES',
  'Read-only file system': 'EROFS',
  'No space left on device': 'ENOSPC',
  'Directory not empty': 'ENOTEMPTY',
  'Device or resource busy': 'EBUSY',
}

/** Adapts the files of a host to just-bash. There are no links. */
export class BashFiles implements IFileSystem {
  readonly #files: HostFiles
  readonly #programs: ReadonlySet<string>

  /** `programs`: names of the commands, which appear in /usr/bin. */
  constructor(files: HostFiles, programs: ReadonlySet<string>) {
    this.#files = files
    this.#programs = programs
  }

  readFile: IFileSystem['readFile'] = (path, options) =>
    this.#try('open', path, () => {
      const encoding = typeof options === 'string' ? options : options?.encoding
      const content = this.#content(path)
      if (encoding === 'binary' || encoding === 'latin1') return latin1(bytesOfContent(content))
      return typeof content === 'string' ? content : new TextDecoder().decode(bytesOfContent(content))
    })

  readFileBuffer: IFileSystem['readFileBuffer'] = (path) =>
    this.#try('open', path, () => bytesOfContent(this.#content(path)))

  writeFile: IFileSystem['writeFile'] = (path, content, options) =>
    this.#try('open', path, () => this.#files.write(path, contentOf(asBytes(content, options))))

  appendFile: IFileSystem['appendFile'] = (path, content, options) =>
    this.#try('open', path, () => {
      const old = this.#files.stat(path) === undefined ? '' : this.#content(path)
      this.#files.write(path, joinContent(old, contentOf(asBytes(content, options))))
    })

  exists: IFileSystem['exists'] = (path) =>
    Promise.resolve(this.#isProgram(path) || this.#files.stat(path) !== undefined)

  stat: IFileSystem['stat'] = (path) => this.#try('stat', path, () => this.#stat(path))

  lstat: IFileSystem['lstat'] = (path) => this.#try('lstat', path, () => this.#stat(path))

  mkdir: IFileSystem['mkdir'] = (path, options) =>
    this.#try('mkdir', path, () => {
      if (options?.recursive !== true) return this.#files.makeDirectory(path)
      let at = ''
      for (const part of path.split('/').filter((each) => each !== '')) {
        at += `/${part}`
        if (this.#files.stat(at) === undefined) this.#files.makeDirectory(at)
      }
    })

  readdir: IFileSystem['readdir'] = (path) => this.#try('scandir', path, () => [...this.#files.list(path)])

  rm: IFileSystem['rm'] = (path, options) =>
    this.#try('rm', path, () => {
      const entry = this.#files.stat(path)
      if (entry === undefined && options?.force === true) return
      if (entry?.kind === 'directory' && options?.recursive !== true && this.#files.list(path).length > 0)
        throw new FileFault('Directory not empty')
      this.#files.remove(path)
    })

  cp: IFileSystem['cp'] = (from, to, options) =>
    this.#try('cp', from, () => {
      if (this.#files.stat(from)?.kind === 'directory' && options?.recursive !== true)
        throw new FileFault('Is a directory')
      this.#copy(from, to)
    })

  mv: IFileSystem['mv'] = (from, to) =>
    this.#try('rename', from, () => {
      this.#copy(from, to)
      this.#files.remove(from)
    })

  resolvePath: IFileSystem['resolvePath'] = (base, path) => absolutePath(base, path)

  getAllPaths: IFileSystem['getAllPaths'] = () => this.#below('/')

  chmod: IFileSystem['chmod'] = (path, mode) => this.#try('chmod', path, () => this.#files.chmod(path, mode))

  symlink: IFileSystem['symlink'] = (_target, path) =>
    fault('EPERM', 'Operation not permitted', 'symlink', path)

  link: IFileSystem['link'] = (_target, path) => fault('EPERM', 'Operation not permitted', 'link', path)

  readlink: IFileSystem['readlink'] = (path) => fault('EINVAL', 'invalid argument', 'readlink', path)

  realpath: IFileSystem['realpath'] = (path) =>
    this.#try('realpath', path, () => {
      this.#stat(path)
      return absolutePath('/', path)
    })

  utimes: IFileSystem['utimes'] = (path) => this.#try('utimes', path, () => void this.#stat(path))

  #content(path: string): Content {
    // the read below reports a path that is not a file
    return this.#files.content(path) ?? this.#files.read(path)
  }

  #isProgram(path: string): boolean {
    const [, name] = /^\/(?:usr\/)?bin\/([^/]+)$/.exec(path) ?? []
    return name !== undefined && this.#programs.has(name)
  }

  #stat(path: string): FsStat {
    if (this.#isProgram(path))
      return {
        isFile: true,
        isDirectory: false,
        isSymbolicLink: false,
        mode: 0o755,
        size: 0,
        mtime: new Date(0),
      }
    const entry = this.#files.stat(path)
    if (entry === undefined) throw new FileFault('No such file or directory')
    const isFile = entry.kind === 'file'
    return {
      isFile,
      isDirectory: !isFile,
      isSymbolicLink: false,
      mode: entry.mode,
      mtime: new Date(entry.time),
      identity: absolutePath('/', path),
      size: isFile ? sizeOf(this.#content(path)) : 4096,
    }
  }

  #copy(from: string, to: string): void {
    if (from === to || to.startsWith(`${from}/`)) throw new FileFault('Invalid argument')
    if (this.#files.stat(from)?.kind !== 'directory') return this.#files.copy(from, to)
    if (this.#files.stat(to) === undefined) this.#files.makeDirectory(to)
    for (const name of this.#files.list(from)) this.#copy(`${from}/${name}`, `${to}/${name}`)
  }

  #below(path: string): string[] {
    return this.#files.list(path).flatMap((name) => {
      const full = path === '/' ? `/${name}` : `${path}/${name}`
      return this.#files.stat(full)?.kind === 'directory' ? [full, ...this.#below(full)] : [full]
    })
  }

  #try<T>(call: string, path: string, work: () => T): Promise<T> {
    try {
      return Promise.resolve(work())
    } catch (error) {
      if (!(error instanceof FileFault)) return Promise.reject(error as Error)
      return fault(CODES[error.message] ?? 'EINVAL', error.message, call, path)
    }
  }
}

function fault(code: string, message: string, call: string, path: string): Promise<never> {
  return Promise.reject(
    Object.assign(new Error(`${code}: ${message.toLowerCase()}, ${call} '${path}'`), { code }),
  )
}

function asBytes(content: FileContent, options: Parameters<IFileSystem['writeFile']>[2]): Uint8Array {
  if (typeof content !== 'string') return content
  const encoding = typeof options === 'string' ? options : options?.encoding
  if (encoding === 'binary' || encoding === 'latin1')
    return Uint8Array.from(content, (char) => char.charCodeAt(0))
  return new TextEncoder().encode(content)
}

function latin1(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}

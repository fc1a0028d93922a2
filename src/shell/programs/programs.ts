import { chgrp, chmod, chown, stat } from './attributes.js'
import { awk } from './awk.js'
import { base64 } from './base64.js'
import type { Program } from './command.js'
import { cp, mv } from './copy.js'
import { curl } from './curl.js'
import { dd } from './dd.js'
import { md5sum, sha256sum } from './digests.js'
import { diff, sed, uniq } from './edit.js'
import { expr } from './expr.js'
import { basename, cat, df, ls, mkdir, mount, rm, touch, umount } from './files.js'
import { du, find } from './find.js'
import { hexdump } from './hexdump.js'
import { dig, getent, ip, sysctl, timeout, xargs } from './machine.js'
import { ln, readlink, realpath, sync } from './links.js'
import { nc, nslookup } from './network.js'
import { netstat } from './netstat.js'
import { nsenter } from './nsenter.js'
import { echo, seq } from './output.js'
import { printf } from './printf.js'
import {
  date,
  env,
  falseProgram,
  hostname,
  id,
  kill,
  printenv,
  ps,
  pwd,
  sleep,
  trueProgram,
  uname,
  whoami,
} from './system.js'
import { mktemp } from './scratch.js'
import { blockdev, fallocate, truncate } from './sizes.js'
import { tar } from './tar.js'
import { bracket, doubleBracket, test } from './test.js'
import { cut, grep, head, sort, tail, tee, tr, wc } from './text.js'
import { wget } from './wget.js'

const PROGRAMS: readonly Program[] = [
  awk,
  base64,
  chgrp,
  chmod,
  chown,
  dd,
  diff,
  dig,
  doubleBracket,
  du,
  expr,
  fallocate,
  find,
  getent,
  hexdump,
  ip,
  md5sum,
  mktemp,
  mv,
  sed,
  sha256sum,
  stat,
  sysctl,
  timeout,
  uniq,
  xargs,
  basename,
  blockdev,
  cat,
  cp,
  curl,
  cut,
  date,
  df,
  echo,
  env,
  printenv,
  falseProgram,
  grep,
  head,
  hostname,
  id,
  kill,
  ln,
  ls,
  mkdir,
  mount,
  umount,
  nc,
  netstat,
  nsenter,
  nslookup,
  printf,
  ps,
  pwd,
  readlink,
  realpath,
  rm,
  seq,
  sleep,
  sort,
  sync,
  tail,
  tar,
  tee,
  bracket,
  test,
  touch,
  tr,
  trueProgram,
  truncate,
  uname,
  wc,
  wget,
  whoami,
]

let byName: ReadonlyMap<string, Program> | undefined

/** Returns the program of that name; undefined if not every container has it. */
export function programOf(name: string): Program | undefined {
  byName ??= new Map(PROGRAMS.map((program) => [program.name, program]))
  return byName.get(name)
}

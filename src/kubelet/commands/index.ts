import { basename } from './basename.js'
import { cat } from './cat.js'
import { cp } from './cp.js'
import { curl } from './curl.js'
import { cut } from './cut.js'
import { date } from './date.js'
import { df } from './df.js'
import { echo } from './echo.js'
import { env, printenv } from './env.js'
import { falseProgram } from './false.js'
import { grep } from './grep.js'
import { head } from './head.js'
import { hostname } from './hostname.js'
import { id } from './id.js'
import { kill } from './kill.js'
import { ls } from './ls.js'
import { mkdir } from './mkdir.js'
import { mount } from './mount.js'
import { nc } from './nc.js'
import { nslookup } from './nslookup.js'
import { printf } from './printf.js'
import { ps } from './ps.js'
import { pwd } from './pwd.js'
import { rm } from './rm.js'
import { seq } from './seq.js'
import { sleep } from './sleep.js'
import { sort } from './sort.js'
import { tail } from './tail.js'
import { tar } from './tar.js'
import { tee } from './tee.js'
import { bracket, test } from './test.js'
import { touch } from './touch.js'
import { tr } from './tr.js'
import { trueProgram } from './true.js'
import { uname } from './uname.js'
import { wc } from './wc.js'
import { wget } from './wget.js'
import { whoami } from './whoami.js'
import type { Program } from './command.js'

const PROGRAMS: readonly Program[] = [
  basename,
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
  ls,
  mkdir,
  mount,
  nc,
  nslookup,
  printf,
  ps,
  pwd,
  rm,
  seq,
  sleep,
  sort,
  tail,
  tar,
  tee,
  bracket,
  test,
  touch,
  tr,
  trueProgram,
  uname,
  wc,
  wget,
  whoami,
]

let byName: ReadonlyMap<string, Program> | undefined

/** The program of that name, if every container has it. */
export function programOf(name: string): Program | undefined {
  byName ??= new Map(PROGRAMS.map((program) => [program.name, program]))
  return byName.get(name)
}

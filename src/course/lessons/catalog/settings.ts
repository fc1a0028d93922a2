import type { SimCluster } from '../../../cluster/sim-cluster.js'
import { goal, isUp } from '../goals.js'
import { keepsTheRest } from '../kept.js'
import { lesson, type LessonSource } from '../lesson.js'
import { deployment, jsonPatch, lines, patch } from '../shared.js'

/** The password in a Secret, '' if there is none. */
const passwordOf = (cluster: SimCluster, secret: string): string =>
  cluster.state.peek('secrets', { namespace: 'default', fieldSelector: `metadata.name=${secret}` })[0]
    ?.data?.['password'] ?? ''

/** Chapter 8: applications whose settings are wrong. */
export const settingLessons: readonly LessonSource[] = [
  lesson('secret', 'easy', 3, (draw) => {
    const web = draw.app()
    const db = draw.one('db', 'cache', 'queue', 'store')
    return {
      exams: ['ckad'],
      texts: {
        ko: {
          title: '시작하지 않는 포드',
          symptom: `${web}의 포드가 시작하지 않습니다.`,
          hints: ['kubectl describe pod', `시크릿 ${db}의 password를 찾고 있습니다.`],
          explanation: `시크릿 ${db}가 없었습니다. 있어야 할 키까지 이벤트가 알려 줍니다.`,
        },
        en: {
          title: 'Pods that do not start',
          symptom: `The pods of ${web} do not start.`,
          hints: ['kubectl describe pod', `They look for password in the Secret ${db}.`],
          explanation: `The Secret ${db} was missing. The event names it, and the key that it should have.`,
        },
      },
      start: ({ cluster }) => {
        cluster.apply([
          deployment(web, {
            env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: db, key: 'password' } } }],
          }),
        ])
        cluster.advance('30s')
      },
      shows: { run: 'kubectl get pods', prints: /CreateContainerConfigError/ },
      goals: [
        goal(
          `The Secret ${db} has a password.`,
          `시크릿 ${db}에 password가 있습니다.`,
          ({ cluster }) => passwordOf(cluster, db) !== '',
        ),
        isUp(web),
        keepsTheRest(),
      ],
      solution: `kubectl create secret generic ${db} --from-literal=password=x`,
      wrongRepairs: [
        lines(`kubectl set env deployment/${web} PASSWORD=x`, 'sleep 60'),
        lines(
          jsonPatch(`deployment ${web}`, [
            {
              op: 'add',
              path: '/spec/template/spec/containers/0/env/0/valueFrom/secretKeyRef/optional',
              value: true,
            },
          ]),
          'sleep 60',
        ),
        lines(`kubectl create secret generic ${db} --from-literal=pass=x`, 'sleep 60'),
        lines(`kubectl create configmap ${db} --from-literal=password=x`, 'sleep 60'),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
        lines(
          jsonPatch(`deployment ${web}`, [{ op: 'remove', path: '/spec/template/spec/containers/0/env' }]),
          'sleep 60',
        ),
      ],
    }
  }),
  lesson('secret-crash', 'medium', 5, (draw) => {
    const web = draw.app()
    const db = draw.one('db', 'cache', 'queue', 'store')
    return {
      exams: ['ckad'],
      texts: {
        ko: {
          title: '뜨자마자 죽는 프로그램',
          symptom: `${web}의 포드가 CrashLoopBackOff입니다.`,
          hints: [
            `kubectl logs deployment/${web}`,
            `kubectl describe deployment ${web}: PASSWORD가 어디서 오는지, optional인지 보세요.`,
            'kubectl get secrets',
          ],
          explanation:
            '시크릿이 optional이라 쿠버네티스는 없어도 컨테이너를 시작시켰고, 프로그램이 스스로 죽었습니다. 환경 변수는 시작할 때 정해지므로 ' +
            '만든 뒤에 다시 시작해야 바로 반영됩니다.',
        },
        en: {
          title: 'A program that exits at once',
          symptom: `The pods of ${web} are in CrashLoopBackOff.`,
          hints: [
            `kubectl logs deployment/${web}`,
            `kubectl describe deployment ${web}: where PASSWORD comes from, and that it is optional.`,
            'kubectl get secrets',
          ],
          explanation:
            'The Secret is optional, so Kubernetes starts the container without it, and the program ' +
            'gives up by itself. Variables are ' +
            'set at the start: create the Secret, then restart.',
        },
      },
      start: ({ cluster }) => {
        cluster.apply([
          deployment(web, {
            image: 'busybox',
            command: [
              'sh',
              '-c',
              'if [ -z "$PASSWORD" ]; then echo "fatal: PASSWORD is not set"; exit 1; fi; sleep 100000',
            ],
            env: [
              {
                name: 'PASSWORD',
                valueFrom: { secretKeyRef: { name: db, key: 'password', optional: true } },
              },
            ],
          }),
        ])
        cluster.advance('2m')
      },
      shows: { run: 'kubectl get pods', prints: /CrashLoopBackOff/ },
      goals: [
        goal(
          `The Secret ${db} has a password.`,
          `시크릿 ${db}에 password가 있습니다.`,
          ({ cluster }) => passwordOf(cluster, db) !== '',
        ),
        isUp(web),
        keepsTheRest(),
      ],
      solution:
        `kubectl create secret generic ${db} --from-literal=password=x; kubectl rollout restart ` +
        `deployment ${web}`,
      wrongRepairs: [
        lines(
          patch(`deployment ${web}`, {
            spec: { template: { spec: { containers: [{ name: web, command: ['sleep', '100000'] }] } } },
          }),
          'sleep 120',
        ),
        lines(`kubectl set env deployment/${web} PASSWORD=x`, 'sleep 120'),
        lines(`kubectl set image deployment/${web} ${web}=nginx`, 'sleep 120'),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
        lines(
          `kubectl create secret generic ${db} --from-literal=pass=x`,
          `kubectl rollout restart deployment ${web}`,
          'sleep 120',
        ),
        lines(
          `kubectl delete deployment ${web}`,
          `kubectl create deployment ${web} --image=nginx --replicas=2`,
          'sleep 60',
        ),
        lines(
          `kubectl create secret generic ${db} --from-literal=password=`,
          `kubectl rollout restart deployment ${web}`,
          'sleep 120',
        ),
      ],
    }
  }),
]

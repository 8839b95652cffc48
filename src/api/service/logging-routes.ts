import { AppError } from '../../errors.ts';
import type { ApiTools } from '../api-tools.ts';
import { json } from '../http/reply.ts';
import { type Route, route } from '../http/route.ts';
import { loggingState } from '../schema/service.ts';

const tag = 'Service';
const logger = 'glusterfs';

const refuse = (message: string): AppError =>
  new AppError('request.invalid', message, { status: 422, details: { field: 'loglevel' } });

/** How much the log tells, under Heketi's one name for it (wire contract section 15). */
export const loggingRoutes = ({ logLevel }: ApiTools): Route[] => {
  const present = () => json({ loglevel: { [logger]: logLevel.name } });
  return [
    route({
      method: 'GET',
      path: '/internal/logging',
      tag,
      summary: 'Show how much the log tells',
      answers: { 200: { description: 'The level', schema: loggingState } },
      handle: present,
    }),
    route({
      method: 'POST',
      path: '/internal/logging',
      tag,
      summary: 'Set how much the log tells, until the next start',
      description: 'Levels: `none`, `critical`, `error`, `warning`, `info`, `debug`. Empty changes nothing.',
      body: loggingState,
      namesParseFault: true,
      answers: { 200: { description: 'The level as it is now', schema: loggingState } },
      handle: ({ body }) => {
        const level = body.loglevel?.[logger];
        if (level === undefined) throw refuse('Only "glusterfs" logger may be modified');
        if (level !== '' && !logLevel.set(level)) throw refuse(`invalid log level: ${level}`);
        return present();
      },
    }),
  ];
};

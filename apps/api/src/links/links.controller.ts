import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../answer';
import { Asking, Conditional, type Asked, type Conditions } from '../asked';
import { DescribesCommand } from '../documented';
import { MendLink, MendLinkBody } from './mend.command';

@ApiTags('Links')
@Controller('v1/links')
export class LinksController {
  constructor(private readonly commands: CommandBus) {}

  @Post('_mend')
  @HttpCode(200)
  @DescribesCommand('Mend the link of an employment key', 'What came in under the key, and what will, belongs to this placement. Facts recorded elsewhere are moved; both histories say so. The answer never repeats the key.', {
    example: { source: 'urn:nld:oin:00000001003214345000:systeem:hr', employment: 'A-2023-118', placementId: '2b1e0c9a-7c55-8f6e-9d0a-4b1f6f0c8d21', reason: 'duplicateRegistration' },
    takes: MendLinkBody,
    ifMatch: false,
    result: 'LinkMendedResult',
  })
  mend(@Body() body: MendLinkBody, @Conditional() conditions: Conditions, @Asking() asked: Asked): Promise<Answer> {
    return this.commands.execute(new MendLink(body, conditions, asked));
  }
}

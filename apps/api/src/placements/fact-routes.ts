import { Body, HttpCode, Param, Post, type Type } from '@nestjs/common';
import type { CommandBus } from '@nestjs/cqrs';
import type { Answer } from '../answer';
import { Asking, Conditional, type Asked, type Conditions } from '../asked';
import { DescribesCommand } from '../documented';
import { FACT_ROUTES, factBody } from './fact-body';
import { bodySchemaOf, exampleOf } from './fact-schemas';
import { RecordFact } from './placement.commands';

type Path = { readonly id: string };

/**
 * One path for each fact that can be told of a placement: `POST v1/placements/{id}/contract-signed`. All do the same
 * with another body, so they are added from the list of the contract, which cannot forget one.
 */
export function addFactRoutes(controller: Type, path: Type<Path>): void {
  for (const { factType, shortName, meaning } of FACT_ROUTES) {
    const method = async function (this: { readonly commands: CommandBus }, { id }: Path, body: unknown, conditions: Conditions, asked: Asked): Promise<Answer> {
      return this.commands.execute(new RecordFact(id, shortName, body, conditions, asked));
    };
    const name = `record${factType}`;
    // By this name the guard finds what Nest knows of the method.
    Object.defineProperty(method, 'name', { value: name });
    const descriptor: PropertyDescriptor = { value: method, writable: true, enumerable: false, configurable: true };
    Object.defineProperty(controller.prototype, name, descriptor);
    Reflect.defineMetadata('design:paramtypes', [path, Object, Object, Object], controller.prototype, name);
    const decorators: readonly MethodDecorator[] = [
      Post(`:id/${shortName}`),
      HttpCode(200),
      DescribesCommand(meaning, 'By a person; one that breaks a rule is refused with its code.', { takes: bodySchemaOf(factType), example: exampleOf(factType), ifMatch: true, checks: [factBody(shortName)] }),
    ];
    for (const decorate of decorators) decorate(controller.prototype, name, descriptor);
    [Param(), Body(), Conditional(), Asking()].forEach((decorate, index) => decorate(controller.prototype, name, index));
  }
}

"""The Lambda entry of lookup: answers on request, not a fire, because nobody expects it at any hour."""

from lookup.work import answer_program

handler = answer_program

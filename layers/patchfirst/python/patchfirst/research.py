"""What PatchFirst asks its own data each day: whose products are attacked more, what ranked too low, what a feed adds.

The thresholds are judgement, not statistics: three entries of a vendor in two months may be chance; five, at three
times its usual rate, rarely are. The questions themselves are SQL: sql/patchfirst/doctrine/040_studies.sql.
"""

from company.vertical.research import OTHER_WEIGHTS, OwnerQuestion, Study

RESEARCH = (
    Study(
        name="rising_vendors",
        smallest={"recent": 3, "times": 2},
        worth={"recent": 5, "times": 3},
    ),
    Study(
        name="score_misses",
        smallest={"missed": 1},
        worth={"missed": 3, "share": 0.2},
        question=OwnerQuestion(
            question="{missed:g} of {came:g} newly exploited CVEs were ranked low. Have other weights written?",
            unknown="whether other weights would have ranked them higher without burying more",
            options={
                "yes": "a build task asks for other weights; the book cannot write them, a person or a model must",
                "no": "the weights stay",
            },
            recommendation="yes",
            default_option="no",
            builds="Weigh the parts of the score again",
        ),
    ),
    Study(
        name="marginal_sources",
        smallest={"top": 100, "replaceable_share": 0.9},
        worth={"replaceable_share": 0.97},
    ),
    OTHER_WEIGHTS,
)

"""List prices of the models that the made-up company uses, and what a row costs at them.

Units: 10^-10 US dollars per token, so that half a price, for batches, is still a whole number.
"""

from unranked.demo.company_usage import Row

_PRICES = {  # dollars per million tokens, times 10^4: uncached input, output, read, writes
    "claude-opus-4-5": (50_000, 250_000, 5_000, 62_500, 100_000),
    "claude-haiku-4-5": (10_000, 50_000, 1_000, 12_500, 20_000),
    "gpt-5": (12_500, 100_000, 1_250, 0, 0),
    "gpt-5-mini": (2_500, 20_000, 250, 0, 0),
    "text-embedding-3-small": (200, 0, 0, 0, 0),
}


def costs(row: Row) -> tuple[int, int, int, int, int]:
    """Return what each kind of token of the row costs, in 10^-10 dollars; batches cost half."""
    n_in, n_out, n_cr, n_cw5, n_cw1h = _PRICES[row.model]
    half = 2 if row.tier == "batch" else 1
    return (
        row.n_in * n_in // half,
        row.n_out * n_out // half,
        row.n_cr * n_cr // half,
        row.n_cw5 * n_cw5 // half,
        row.n_cw1h * n_cw1h // half,
    )

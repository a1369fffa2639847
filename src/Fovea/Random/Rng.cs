using System.Runtime.CompilerServices;

namespace Fovea;

/// <summary>The position of a generator: enough to continue it to the same bits.</summary>
/// <param name="Key">The stream.</param>
/// <param name="Counter">Blocks of four 32-bit numbers drawn so far.</param>
/// <param name="Used">Numbers used of the current block, 0 to 4.</param>
public readonly record struct RngState(ulong Key, ulong Counter, int Used);

/// <summary>A seeded, splittable generator of random numbers. The only source of randomness: nothing draws from a
/// hidden one.</summary>
/// <remarks>
/// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3; SC 2011): a counter-based
/// generator, so a stream's
/// state is its key and a position, and <see cref="Split(string)"/> gives independent streams without drawing. The
/// stream of a seed never changes between versions.
/// Not thread-safe: give each thread its own split.
/// </remarks>
public sealed class Rng
{
    private ulong _key;
    private ulong _counter;
    private int _used = 4;
    private uint _r0,
        _r1,
        _r2,
        _r3;

    /// <summary>Creates the stream of a seed.</summary>
    /// <param name="seed">Any value.</param>
    public Rng(ulong seed) => _key = Mix(seed + 0x9E3779B97F4A7C15);

    private Rng() { }

    /// <summary>The position of the stream; setting it continues from there to the same bits.</summary>
    public RngState State
    {
        get => new(_key, _counter, _used);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value.Used, 0);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Used, 4);
            _key = value.Key;
            _counter = value.Counter;
            _used = value.Used;
            if (_used < 4)
            {
                _counter--;
                Refill();
                _used = value.Used;
            }
        }
    }

    /// <summary>An independent stream named by a text, e.g. a parameter's path. Draws nothing from this one; the same
    /// name gives the same stream.</summary>
    /// <param name="name">Any text.</param>
    public Rng Split(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        ulong hash = 0xCBF29CE484222325; // FNV-1a over UTF-16 code units
        foreach (char c in name)
        {
            hash = (hash ^ c) * 0x100000001B3;
        }

        return Split(hash);
    }

    /// <summary>An independent stream named by a number, e.g. an epoch or an item. Draws nothing from this one; the
    /// same number gives the same stream.</summary>
    /// <param name="index">Any value.</param>
    public Rng Split(ulong index) => new() { _key = Mix(_key ^ Mix(index + 0xD1B54A32D192ED03)) };

    /// <summary>32 uniformly random bits.</summary>
    public uint NextUInt32()
    {
        if (_used == 4)
        {
            Refill();
        }

        return _used++ switch
        {
            0 => _r0,
            1 => _r1,
            2 => _r2,
            _ => _r3,
        };
    }

    /// <summary>64 uniformly random bits.</summary>
    public ulong NextUInt64() => ((ulong)NextUInt32() << 32) | NextUInt32();

    /// <summary>Uniform in [0, 1), a multiple of 2^-24.</summary>
    public float NextSingle() => (NextUInt32() >> 8) * (1.0f / (1 << 24));

    /// <summary>Uniform in [0, 1), a multiple of 2^-53.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in 0 .. <paramref name="bound"/> - 1, without bias.</summary>
    /// <param name="bound">1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bound"/> is less than 1.</exception>
    public int Next(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        uint limit = (uint)(-bound) % (uint)bound; // Lemire 2019: reject the few low products that would favour small results
        while (true)
        {
            ulong product = (ulong)NextUInt32() * (uint)bound;
            if ((uint)product >= limit)
            {
                return (int)(product >> 32);
            }
        }
    }

    /// <summary>Normal with mean 0 and variance 1 (Box and Muller 1958, the cosine branch, in double).</summary>
    public double NextNormal()
    {
        double radius = Math.Sqrt(-2.0 * Math.Log(1.0 - NextDouble()));
        return radius * Math.Cos(2.0 * Math.PI * NextDouble());
    }

    /// <summary>A uniformly random order of 0 .. <paramref name="count"/> - 1 (Fisher and Yates).</summary>
    /// <param name="count">0 or more.</param>
    public int[] Permutation(int count)
    {
        int[] order = new int[count];
        for (int i = 0; i < count; i++)
        {
            int j = Next(i + 1);
            order[i] = order[j];
            order[j] = i;
        }

        return order;
    }

    private static ulong Mix(ulong z)
    {
        // The finalizer of SplitMix64 (Steele, Lea, Flood 2014).
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private void Refill()
    {
        (_r0, _r1, _r2, _r3) = Philox((uint)_counter, (uint)(_counter >> 32), 0, 0, (uint)_key, (uint)(_key >> 32));
        _counter++;
        _used = 0;
    }

    /// <summary>The ten rounds of Philox4x32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (uint R0, uint R1, uint R2, uint R3) Philox(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        for (int round = 0; round < 10; round++)
        {
            ulong p0 = 0xD2511F53UL * c0,
                p1 = 0xCD9E8D57UL * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }

        return (c0, c1, c2, c3);
    }
}

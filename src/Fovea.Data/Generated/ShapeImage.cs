namespace Fovea.Data;

/// <summary>Draws one image of the set <c>shapes</c>. Holds a scratch picture, so one per thread.</summary>
internal sealed class ShapeImage
{
    /// <summary>Height and width in pixels.</summary>
    public const int Side = 32;

    private const int MostClutter = 4;

    private readonly float[] _gray = new float[Side * Side];

    /// <summary>Draws a shape's image from a stream of its own.</summary>
    public void Draw(int shape, Rng rng, Span<byte> pixels)
    {
        float background = Between(rng, 0.2f, 0.8f);
        Slope(background, Between(rng, -0.12f, 0.12f), Between(rng, -0.12f, 0.12f));
        for (int lines = rng.Next(MostClutter + 1); lines > 0; lines--)
        {
            Line(
                Between(rng, 0, Side),
                Between(rng, 0, Side),
                Between(rng, 0, Side),
                Between(rng, 0, Side),
                Between(rng, 0.1f, 0.9f)
            );
        }

        float contrast = Between(rng, 0.35f, 0.6f);
        bool lighter = background < 0.4f || (background < 0.6f && rng.Next(2) == 0);
        Paint(shape, rng, lighter ? background + contrast : background - contrast);
        Finish(rng, Between(rng, 0.02f, 0.1f), pixels);
    }

    private static float Between(Rng rng, float low, float high) => low + ((high - low) * rng.NextSingle());

    private void Slope(float middle, float right, float down)
    {
        for (int i = 0; i < _gray.Length; i++)
        {
            _gray[i] = middle + (right * ((i % Side) - (Side / 2)) / Side) + (down * ((i / Side) - (Side / 2)) / Side);
        }
    }

    /// <summary>A line about one pixel wide, edges blended.</summary>
    private void Line(float x0, float y0, float x1, float y1, float gray)
    {
        float dx = x1 - x0,
            dy = y1 - y0,
            squared = (dx * dx) + (dy * dy) + 1e-6f;
        int top = Math.Max(0, (int)Math.Min(y0, y1) - 2),
            bottom = Math.Min(Side, (int)Math.Max(y0, y1) + 2);
        int left = Math.Max(0, (int)Math.Min(x0, x1) - 2),
            right = Math.Min(Side, (int)Math.Max(x0, x1) + 2);
        for (int y = top; y < bottom; y++)
        {
            for (int x = left; x < right; x++)
            {
                float px = x + 0.5f - x0,
                    py = y + 0.5f - y0;
                float along = Math.Clamp(((px * dx) + (py * dy)) / squared, 0, 1);
                float ax = px - (along * dx),
                    ay = py - (along * dy);
                Blend((y * Side) + x, gray, 1f - MathF.Sqrt((ax * ax) + (ay * ay)));
            }
        }
    }

    private void Paint(int shape, Rng rng, float gray)
    {
        double radius = Between(rng, 7f, 11f);
        double centerX = Between(rng, (float)radius, Side - (float)radius),
            centerY = Between(rng, (float)radius, Side - (float)radius);
        (double sin, double cos) = Math.SinCos(2 * Math.PI * rng.NextDouble());
        double reach = (radius * 1.3) + 1;
        int top = Math.Max(0, (int)(centerY - reach)),
            bottom = Math.Min(Side, (int)(centerY + reach) + 1);
        int left = Math.Max(0, (int)(centerX - reach)),
            right = Math.Min(Side, (int)(centerX + reach) + 1);
        for (int y = top; y < bottom; y++)
        {
            for (int x = left; x < right; x++)
            {
                double dx = (x + 0.5 - centerX) / radius,
                    dy = (y + 0.5 - centerY) / radius;
                double distance =
                    ShapeOutline.Distance(shape, (cos * dx) + (sin * dy), (cos * dy) - (sin * dx)) * radius;
                Blend((y * Side) + x, gray, (float)(0.5 - distance)); // covered by half a pixel either side of the edge
            }
        }
    }

    private void Blend(int at, float gray, float coverage)
    {
        coverage = Math.Clamp(coverage, 0, 1);
        _gray[at] += (gray - _gray[at]) * coverage;
    }

    /// <summary>Adds noise and rounds to bytes. The noise is the sum of the four bytes of a random number, within 2 %
    /// of Gaussian and many times faster.</summary>
    private void Finish(Rng rng, float noise, Span<byte> pixels)
    {
        const float Mean = 4 * 127.5f,
            Deviation = 147.8f; // of four uniform bytes: 2 * sqrt((256^2 - 1) / 12)
        for (int i = 0; i < pixels.Length; i++)
        {
            uint bits = rng.NextUInt32();
            uint sum = (bits & 0xFF) + ((bits >> 8) & 0xFF) + ((bits >> 16) & 0xFF) + (bits >> 24);
            float value = _gray[i] + (noise * ((sum - Mean) / Deviation));
            pixels[i] = (byte)(Math.Clamp(value, 0f, 1f) * 255f + 0.5f);
        }
    }
}

namespace Fovea.Workbench;

/// <summary>Draws the filters of a convolution.</summary>
internal static class FilterImage
{
    private const int MostFilters = 64;
    private const int MostChannels = 16;
    private const int TileSide = 16;

    /// <summary>The path and the filters of the first convolution of images or series; null without one.</summary>
    public static (string Path, Tensor Weight)? First(Module model) =>
        model
            .NamedModules()
            .Where(m => m.Module is ConvolutionLayer { Weight.Rank: 3 or 4 })
            .Select(m => ((string, Tensor)?)(m.Path, ((ConvolutionLayer)m.Module).Weight))
            .FirstOrDefault();

    /// <summary>Filters side by side: in colour where they read three channels; else a row for each, with a tile for each
    /// channel; filters of series as one tile with a row for each channel. Gray is 0, white and black are the largest
    /// magnitude; lines between tiles are white.</summary>
    /// <param name="weight">[Cout, Cin, KH, KW] or [Cout, Cin, K]; at most 64 filters and 16 channels are drawn.</param>
    /// <returns>[3 or 1, H, W], 0-1.</returns>
    public static Tensor Of(Tensor weight)
    {
        int[] sizes = weight.Rank == 3 ? [weight.Shape[0], 1, weight.Shape[1], weight.Shape[2]] : [.. weight.Shape];
        float[] values = weight.ToArray();
        float largest = values.Where(float.IsFinite).Select(MathF.Abs).Append(0f).Max();
        bool colour = sizes[1] == 3;
        int filters = Math.Min(sizes[0], MostFilters),
            across = colour || sizes[1] == 1 ? (int)Math.Ceiling(Math.Sqrt(filters)) : Math.Min(sizes[1], MostChannels),
            tiles = filters * (colour || sizes[1] == 1 ? 1 : across),
            scale = Math.Max(1, TileSide / Math.Max(sizes[2], sizes[3])),
            tileHeight = (sizes[2] * scale) + 1,
            tileWidth = (sizes[3] * scale) + 1;
        int height = ((tiles + across - 1) / across * tileHeight) - 1,
            width = (across * tileWidth) - 1,
            channels = colour ? 3 : 1;
        return Tensor.Create<float>(
            [channels, height, width],
            pixels =>
            {
                for (int i = 0; i < pixels.Length; i++)
                {
                    (int c, int y, int x) = (i / (height * width), i / width % height, i % width);
                    int tile = (y / tileHeight * across) + (x / tileWidth),
                        row = y % tileHeight / scale,
                        column = x % tileWidth / scale;
                    bool isLine = tile >= tiles || row == sizes[2] || column == sizes[3];
                    pixels[i] = isLine ? 1 : Shade(tile, c, row, column);
                }
            }
        );

        float Shade(int tile, int c, int row, int column)
        {
            (int filter, int channel) =
                colour ? (tile, c)
                : sizes[1] == 1 ? (tile, 0)
                : (tile / across, tile % across);
            float value = values[(((((filter * sizes[1]) + channel) * sizes[2]) + row) * sizes[3]) + column];
            return largest > 0 && float.IsFinite(value) ? 0.5f + (0.5f * value / largest) : 0.5f;
        }
    }
}
